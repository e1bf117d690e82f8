using System.Text;
using Berth.Oci.Layers;

namespace Berth.Oci.Tests.Layers;

/// <summary>Archives in memory.</summary>
internal static class LayerArchive
{
    public static byte[] Write(params ReadOnlySpan<(LayerEntry Entry, byte[] Content)> members)
    {
        using var stream = new MemoryStream();
        var writer = new LayerWriter(stream);
        foreach ((LayerEntry entry, byte[] content) in members)
        {
            writer.WriteEntry(entry with { Size = content.Length });
            writer.WriteContent(content);
        }

        writer.Finish();
        return stream.ToArray();
    }

    public static List<(LayerEntry Entry, byte[] Content)> Read(byte[] archive, int readSize = int.MaxValue)
    {
        var reader = new LayerReader(new SlowStream(archive, readSize));
        var members = new List<(LayerEntry, byte[])>();
        while (reader.Next() is { } entry)
        {
            byte[] content = new byte[entry.Size];
            while (reader.ReadContent(out long offset) is { Length: > 0 } piece)
            {
                piece.CopyTo(content.AsSpan((int)offset));
            }

            members.Add((entry, content));
        }

        reader.Drain();
        return members;
    }

    public static LayerEntry File(string name) =>
        new() { Type = LayerEntryType.Regular, Name = Encoding.UTF8.GetBytes(name), Permissions = Convert.ToInt32("644", 8) };

    /// <summary>Gives at most a few bytes at a time, as a network does.</summary>
    private sealed class SlowStream(byte[] content, int most) : ForwardReadStream
    {
        private int _position;

        public override int Read(Span<byte> buffer)
        {
            int count = Math.Min(Math.Min(most, buffer.Length), content.Length - _position);
            content.AsSpan(_position, count).CopyTo(buffer);
            _position += count;
            return count;
        }
    }
}
