using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Berth.Oci.Layers;

/// <summary>Writes a layer's tar: ustar, with PAX records for what does not fit it. The same members make the same bytes.</summary>
public sealed class LayerWriter
{
    private const long LargestOctal11 = (1L << 33) - 1;
    private const long LargestOctal7 = (1L << 21) - 1;
    private static readonly byte[] Zeros = new byte[TarHeader.BlockSize * 2];

    private readonly Stream _stream;
    private long _remaining;
    private int _padding;

    /// <param name="stream">Takes the archive; the caller owns it.</param>
    public LayerWriter(Stream stream) => _stream = stream;

    /// <summary>Writes a member's header. For a regular file exactly <see cref="LayerEntry.Size"/> bytes follow by <see cref="WriteContent"/>.</summary>
    /// <remarks>Sparse segments are not written: a file is written whole.</remarks>
    public void WriteEntry(LayerEntry entry)
    {
        EndContent();
        byte[] records = PaxRecordsOf(entry);
        Span<byte> header = stackalloc byte[TarHeader.BlockSize];
        if (records.Length > 0)
        {
            var pax = new LayerEntry { Type = LayerEntryType.Regular, Name = PaxName(entry.Name), Permissions = 0x1A4 };
            WriteHeader(header, pax, records.Length, (byte)'x');
            _stream.Write(records);
            Pad(records.Length);
        }

        long size = entry.Type == LayerEntryType.Regular ? entry.Size : 0;
        WriteHeader(header, entry, size, (byte)entry.Type);
        _remaining = size;
        _padding = (int)(-size & (TarHeader.BlockSize - 1));
    }

    public void WriteContent(ReadOnlySpan<byte> content)
    {
        if (content.Length > _remaining)
        {
            throw new InvalidOperationException("more content than the header said");
        }

        _stream.Write(content);
        _remaining -= content.Length;
    }

    /// <summary>Two zero blocks end the archive.</summary>
    public void Finish()
    {
        EndContent();
        _stream.Write(Zeros);
    }

    private void EndContent()
    {
        if (_remaining != 0)
        {
            throw new InvalidOperationException("less content than the header said");
        }

        _stream.Write(Zeros.AsSpan(0, _padding));
        _padding = 0;
    }

    private void Pad(int length) => _stream.Write(Zeros.AsSpan(0, -length & (TarHeader.BlockSize - 1)));

    private void WriteHeader(Span<byte> header, LayerEntry entry, long size, byte type)
    {
        header.Clear();
        (byte[] prefix, byte[] name) = SplitName(entry.Name);
        name.CopyTo(header);
        prefix.CopyTo(header[345..]);
        Octal(header.Slice(100, 8), entry.Permissions);
        Octal(header.Slice(108, 8), entry.Uid);
        Octal(header.Slice(116, 8), entry.Gid);
        Octal(header.Slice(124, 12), size);
        Octal(header.Slice(136, 12), Math.Max(0, entry.ModifiedSeconds));
        header[156] = type;
        entry.LinkName.AsSpan(0, Math.Min(100, entry.LinkName.Length)).CopyTo(header[157..]);
        "ustar\0"u8.CopyTo(header[257..]);
        "00"u8.CopyTo(header[263..]);
        if (entry.Type is LayerEntryType.CharacterDevice or LayerEntryType.BlockDevice)
        {
            Octal(header.Slice(329, 8), entry.DeviceMajor);
            Octal(header.Slice(337, 8), entry.DeviceMinor);
        }

        header.Slice(148, 8).Fill((byte)' ');
        int sum = 0;
        foreach (byte b in header)
        {
            sum += b;
        }

        Octal(header.Slice(148, 7), sum);
        _stream.Write(header);
    }

    /// <summary>Octal digits with a NUL behind; what does not fit stands in a PAX record, or else in binary.</summary>
    private static void Octal(Span<byte> field, long value)
    {
        if (value >> (3 * (field.Length - 1)) != 0)
        {
            field.Clear();
            BinaryPrimitives.WriteInt64BigEndian(field[^8..], value);
            field[0] |= 0x80;
            return;
        }

        field[^1] = 0;
        for (int i = field.Length - 2; i >= 0; i--, value >>= 3)
        {
            field[i] = (byte)('0' + (int)(value & 7));
        }
    }

    /// <summary>The name in its 100 bytes, or cut at a slash between them and the 155 of the prefix; empty prefix and a cut name where neither fits.</summary>
    private static (byte[] Prefix, byte[] Name) SplitName(byte[] name)
    {
        if (name.Length <= 100)
        {
            return ([], name);
        }

        int from = Math.Max(1, name.Length - 101);
        int slash = from <= 155 ? name.AsSpan(from, Math.Min(155, name.Length - 2) - from + 1).IndexOf((byte)'/') : -1;
        return slash < 0 ? ([], name[..100]) : (name[..(from + slash)], name[(from + slash + 1)..]);
    }

    private static byte[] PaxName(byte[] name)
    {
        int slash = name.AsSpan().TrimEnd((byte)'/').LastIndexOf((byte)'/');
        byte[] last = name.AsSpan(slash + 1).TrimEnd((byte)'/').ToArray();
        return [.. "PaxHeaders.0/"u8, .. last.AsSpan(0, Math.Min(last.Length, 80))];
    }

    private static byte[] PaxRecordsOf(LayerEntry entry)
    {
        using var records = new MemoryStream();
        if (entry.Name.Length > 100 && SplitName(entry.Name).Prefix.Length == 0)
        {
            Record(records, "path", entry.Name);
        }

        if (entry.LinkName.Length > 100)
        {
            Record(records, "linkpath", entry.LinkName);
        }

        if (entry.Type == LayerEntryType.Regular && entry.Size > LargestOctal11)
        {
            Record(records, "size", entry.Size);
        }

        if (entry.Uid > LargestOctal7)
        {
            Record(records, "uid", entry.Uid);
        }

        if (entry.Gid > LargestOctal7)
        {
            Record(records, "gid", entry.Gid);
        }

        if (entry.ModifiedNanoseconds != 0 || entry.ModifiedSeconds is < 0 or > LargestOctal11)
        {
            Record(records, "mtime", Encoding.ASCII.GetBytes(TimeText(entry.ModifiedSeconds, entry.ModifiedNanoseconds)));
        }

        foreach ((string name, byte[] value) in entry.ExtendedAttributes.OrderBy(a => a.Key, StringComparer.Ordinal))
        {
            Record(records, "SCHILY.xattr." + name, value);
        }

        return records.ToArray();
    }

    private static string TimeText(long seconds, int nanoseconds)
    {
        bool negative = seconds < 0;
        if (negative && nanoseconds > 0)
        {
            (seconds, nanoseconds) = (seconds + 1, 1_000_000_000 - nanoseconds);
        }

        string whole = (negative ? "-" : "") + Math.Abs(seconds).ToString(CultureInfo.InvariantCulture);
        return nanoseconds == 0 ? whole : $"{whole}.{nanoseconds.ToString("D9", CultureInfo.InvariantCulture).TrimEnd('0')}";
    }

    private static void Record(MemoryStream records, string key, long value) =>
        Record(records, key, Encoding.ASCII.GetBytes(value.ToString(CultureInfo.InvariantCulture)));

    /// <summary>The length in front counts its own digits.</summary>
    private static void Record(MemoryStream records, string key, byte[] value)
    {
        byte[] keyBytes = Encoding.UTF8.GetBytes(key);
        int body = keyBytes.Length + value.Length + 3;
        int length = body + body.ToString(CultureInfo.InvariantCulture).Length;
        if (length.ToString(CultureInfo.InvariantCulture).Length + body != length)
        {
            length++;
        }

        records.Write(Encoding.ASCII.GetBytes(length.ToString(CultureInfo.InvariantCulture)));
        records.WriteByte((byte)' ');
        records.Write(keyBytes);
        records.WriteByte((byte)'=');
        records.Write(value);
        records.WriteByte((byte)'\n');
    }
}
