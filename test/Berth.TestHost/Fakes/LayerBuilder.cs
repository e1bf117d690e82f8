using System.Text;
using Berth.Oci.Layers;

namespace Berth.TestHost.Fakes;

/// <summary>Layers in memory, a member a line.</summary>
public sealed class LayerBuilder
{
    private readonly LayerWriter _writer;
    private readonly Func<byte[]> _content;

    public LayerBuilder()
    {
        var stream = new MemoryStream();
        _writer = new LayerWriter(stream);
        _content = stream.ToArray;
    }

    public LayerBuilder Directory(string name, string mode = "755", uint owner = 0) =>
        Add(new LayerEntry { Type = LayerEntryType.Directory, Name = Bytes(name), Permissions = Convert.ToInt32(mode, 8), Uid = owner, Gid = owner, ModifiedSeconds = 1000 });

    public LayerBuilder File(string name, string content = "", string mode = "644", uint owner = 0, params KeyValuePair<string, byte[]>[] attributes)
    {
        byte[] bytes = Bytes(content);
        Add(new LayerEntry
        {
            Type = LayerEntryType.Regular,
            Name = Bytes(name),
            Permissions = Convert.ToInt32(mode, 8),
            Uid = owner,
            Gid = owner,
            Size = bytes.Length,
            ModifiedSeconds = 1000,
            ExtendedAttributes = attributes,
        });
        _writer.WriteContent(bytes);
        return this;
    }

    public LayerBuilder SymbolicLink(string name, string target) =>
        Add(new LayerEntry { Type = LayerEntryType.SymbolicLink, Name = Bytes(name), LinkName = Bytes(target), Permissions = 511, ModifiedSeconds = 1000 });

    public LayerBuilder HardLink(string name, string target) =>
        Add(new LayerEntry { Type = LayerEntryType.HardLink, Name = Bytes(name), LinkName = Bytes(target), Permissions = 420 });

    public LayerBuilder Node(string name, LayerEntryType type, uint major = 0, uint minor = 0) =>
        Add(new LayerEntry { Type = type, Name = Bytes(name), Permissions = Convert.ToInt32("600", 8), DeviceMajor = major, DeviceMinor = minor });

    public LayerBuilder Add(LayerEntry entry)
    {
        _writer.WriteEntry(entry);
        return this;
    }

    public byte[] ToArray()
    {
        _writer.Finish();
        return _content();
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
