using System.Globalization;

namespace Berth.Oci.Layers;

/// <summary>Reads a layer's tar byte by byte: ustar, GNU and PAX, with every kind of member that images carry.</summary>
/// <remarks>
/// System.Formats.Tar would not do: it refuses GNU sparse files, cuts times to 100 ns and damages binary attribute values.
/// The content comes in pieces of the reader's own buffer, so that it is copied once on its way to a file.
/// Headers are bounded, as Go's reader bounds them: a hostile archive cannot make it allocate more than a few MiB.
/// </remarks>
public sealed partial class LayerReader
{
    /// <summary>Source: archive/tar/common.go, maxSpecialFileSize.</summary>
    private const int MaximumSpecialSize = 1 << 20;

    private const int BufferSize = 1 << 20;

    private readonly Stream _stream;
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(BufferSize);
    private readonly PaxRecords _global = new();
    private readonly PaxRecords _local = new();
    private int _start;
    private int _end;
    private bool _finished;

    /// <summary>Stored bytes of the current member that were not read yet.</summary>
    private long _remaining;

    private int _padding;
    private IReadOnlyList<SparseSegment>? _segments;
    private int _segment;
    private long _position;

    /// <param name="stream">The uncompressed archive; the caller owns it.</param>
    public LayerReader(Stream stream) => _stream = stream;

    /// <summary>The next member, skipping what was not read of the one before; null at the archive's end.</summary>
    /// <exception cref="LayerFormatException">The archive is damaged.</exception>
    public LayerEntry? Next()
    {
        if (_finished)
        {
            return null;
        }

        _local.Clear();
        byte[]? longName = null;
        byte[]? longLink = null;
        while (true)
        {
            Skip(_remaining + _padding);
            (_remaining, _padding) = (0, 0);
            if (!TryReadHeader(out ReadOnlySpan<byte> header))
            {
                _finished = true;
                return null;
            }

            if (!TarHeader.TryNumber(header.Slice(124, 12), out long size) || size < 0)
            {
                throw LayerFormatException.InvalidHeader;
            }

            switch (TarHeader.Type(header))
            {
                case (byte)'x' or (byte)'X':
                    _local.Parse(ReadSpecial(size));
                    continue;
                case (byte)'g':
                    _global.Parse(ReadSpecial(size));
                    continue;
                case (byte)'L':
                    longName = TarHeader.Text(ReadSpecial(size)).ToArray();
                    continue;
                case (byte)'K':
                    longLink = TarHeader.Text(ReadSpecial(size)).ToArray();
                    continue;
                case (byte)'V' or (byte)'M' or (byte)'N':
                    // volume labels and the like: nothing to unpack
                    SetContent(size);
                    continue;
                default:
                    return Member(header, size, longName, longLink);
            }
        }
    }

    /// <summary>The next piece of the current member's content; empty at its end. Valid until the next call.</summary>
    /// <param name="offset">Where in the file the piece belongs: holes of sparse files are left out.</param>
    public ReadOnlySpan<byte> ReadContent(out long offset)
    {
        offset = _position;
        long limit = _remaining;
        if (_segments is not null)
        {
            while (_segment < _segments.Count && _position >= _segments[_segment].Offset + _segments[_segment].Length)
            {
                _segment++;
            }

            if (_segment == _segments.Count)
            {
                return [];
            }

            SparseSegment current = _segments[_segment];
            offset = _position = Math.Max(_position, current.Offset);
            limit = Math.Min(limit, current.Offset + current.Length - _position);
        }

        if (limit == 0)
        {
            return _segments is null || _remaining == 0 && _segment >= _segments.Count - 1 ? [] : throw LayerFormatException.UnexpectedEnd;
        }

        if (_start == _end && !Fill())
        {
            throw LayerFormatException.UnexpectedEnd;
        }

        int count = (int)Math.Min(limit, _end - _start);
        ReadOnlySpan<byte> piece = _buffer.AsSpan(_start, count);
        _start += count;
        _remaining -= count;
        _position += count;
        return piece;
    }

    /// <summary>Reads what follows the archive's end, for digests cover it too.</summary>
    public void Drain()
    {
        do
        {
            _start = _end = 0;
        }
        while (Fill());
    }

    private LayerEntry Member(ReadOnlySpan<byte> header, long size, byte[]? longName, byte[]? longLink)
    {
        byte type = TarHeader.Type(header);
        byte[] name = _local["path"] ?? _global["path"] ?? longName ?? HeaderName(header);
        size = _local.Number("size") ?? size;
        var entry = new LayerEntry
        {
            Type = TypeOf(type, name),
            Name = name,
            LinkName = _local["linkpath"] ?? _global["linkpath"] ?? longLink ?? TarHeader.LinkName(header).ToArray(),
            Permissions = (int)(Field(header, 100, 8) & 0xFFF),
            Uid = Id(_local.Number("uid") ?? _global.Number("uid") ?? Field(header, 108, 8)),
            Gid = Id(_local.Number("gid") ?? _global.Number("gid") ?? Field(header, 116, 8)),
            DeviceMajor = type is (byte)'3' or (byte)'4' ? Id(Field(header, 329, 8)) : 0,
            DeviceMinor = type is (byte)'3' or (byte)'4' ? Id(Field(header, 337, 8)) : 0,
            ExtendedAttributes = ExtendedAttributes(),
        };
        (long seconds, int nanoseconds) = _local.Time("mtime") ?? _global.Time("mtime") ?? (Field(header, 136, 12), 0);
        bool hasContent = entry.Type == LayerEntryType.Regular;
        if (size < 0 || (!hasContent && entry.Type != LayerEntryType.HardLink && size > 0 && type is (byte)'2' or (byte)'5' && size > int.MaxValue))
        {
            throw LayerFormatException.InvalidHeader;
        }

        // links, devices and directories have no content whatever their size says. Source: archive/tar/reader.go, handleRegularFile
        SetContent(hasContent ? size : 0);
        IReadOnlyList<SparseSegment>? segments = hasContent ? ReadSparseMap(type, header, out long realSize, ref name) : NoSegments(out realSize);
        (_segments, _segment, _position) = (segments, 0, 0);
        return entry with
        {
            Name = name,
            Size = !hasContent ? 0 : segments is null ? size : realSize,
            Segments = segments,
            ModifiedSeconds = seconds,
            ModifiedNanoseconds = nanoseconds,
        };
    }

    private static IReadOnlyList<SparseSegment>? NoSegments(out long realSize)
    {
        realSize = 0;
        return null;
    }

    private static byte[] HeaderName(ReadOnlySpan<byte> header)
    {
        ReadOnlySpan<byte> name = TarHeader.Name(header);
        ReadOnlySpan<byte> prefix = TarHeader.IsUstar(header) ? TarHeader.Prefix(header) : [];
        return prefix.Length == 0 ? name.ToArray() : [.. prefix, (byte)'/', .. name];
    }

    private static LayerEntryType TypeOf(byte type, byte[] name) => type switch
    {
        // old tars know no directories but names that end so
        (byte)'0' or 0 => name.Length > 0 && name[^1] == (byte)'/' ? LayerEntryType.Directory : LayerEntryType.Regular,
        (byte)'7' or (byte)'S' => LayerEntryType.Regular,
        >= (byte)'1' and <= (byte)'6' => (LayerEntryType)type,
        _ => throw new LayerFormatException(string.Create(CultureInfo.InvariantCulture,
            $"unhandled tar header type {type}")),
    };

    private static long Field(ReadOnlySpan<byte> header, int offset, int length) =>
        TarHeader.TryNumber(header.Slice(offset, length), out long value) ? value : throw LayerFormatException.InvalidHeader;

    private static uint Id(long value) => value is >= 0 and <= uint.MaxValue ? (uint)value : throw LayerFormatException.InvalidHeader;

    private List<KeyValuePair<string, byte[]>> ExtendedAttributes()
    {
        const string schily = "SCHILY.xattr.";
        var attributes = new List<KeyValuePair<string, byte[]>>();
        foreach ((string key, byte[] value) in _local.Values)
        {
            if (key.Length > schily.Length && key.StartsWith(schily, StringComparison.Ordinal))
            {
                attributes.Add(new(key[schily.Length..], value));
            }
        }

        return attributes;
    }

    private void SetContent(long size)
    {
        _remaining = size;
        _padding = (int)(-size & (TarHeader.BlockSize - 1));
        (_segments, _position) = (null, 0);
    }

    private ReadOnlySpan<byte> ReadSpecial(long size)
    {
        if (size > MaximumSpecialSize)
        {
            throw LayerFormatException.InvalidHeader;
        }

        byte[] content = new byte[size];
        ReadExactly(content);
        Skip(-size & (TarHeader.BlockSize - 1));
        return content;
    }

    private bool TryReadHeader(out ReadOnlySpan<byte> header)
    {
        header = ReadBlock();
        if (header.Length == 0)
        {
            return false;
        }

        if (TarHeader.IsZero(header))
        {
            return false;
        }

        return TarHeader.HasValidChecksum(header) ? true : throw LayerFormatException.InvalidHeader;
    }

    /// <summary>A block within the buffer; empty at the stream's end.</summary>
    private ReadOnlySpan<byte> ReadBlock()
    {
        while (_end - _start < TarHeader.BlockSize)
        {
            if (!Fill())
            {
                return _start == _end ? [] : throw LayerFormatException.UnexpectedEnd;
            }
        }

        ReadOnlySpan<byte> block = _buffer.AsSpan(_start, TarHeader.BlockSize);
        _start += TarHeader.BlockSize;
        return block;
    }

    private void ReadExactly(Span<byte> target)
    {
        while (target.Length > 0)
        {
            if (_start == _end && !Fill())
            {
                throw LayerFormatException.UnexpectedEnd;
            }

            int count = Math.Min(target.Length, _end - _start);
            _buffer.AsSpan(_start, count).CopyTo(target);
            _start += count;
            target = target[count..];
        }
    }

    private void Skip(long count)
    {
        while (count > 0)
        {
            if (_start == _end && !Fill())
            {
                throw LayerFormatException.UnexpectedEnd;
            }

            int step = (int)Math.Min(count, _end - _start);
            _start += step;
            count -= step;
        }
    }

    private bool Fill()
    {
        if (_start == _end)
        {
            _start = _end = 0;
        }
        else if (_end == _buffer.Length)
        {
            _buffer.AsSpan(_start.._end).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        int count = _stream.Read(_buffer, _end, _buffer.Length - _end);
        _end += count;
        return count > 0;
    }
}
