using System.Buffers.Text;
using System.Runtime.InteropServices;

namespace Berth.Oci.Layers;

/// <summary>Sparse files in their four dialects. Source: GNU tar manual, "Storing Sparse Files".</summary>
public sealed partial class LayerReader
{
    private const int MaximumSegments = 1 << 20;

    /// <returns>Null where the member is not sparse.</returns>
    private List<SparseSegment>? ReadSparseMap(byte type, ReadOnlySpan<byte> header, out long realSize, ref byte[] name)
    {
        realSize = 0;
        List<SparseSegment> segments;
        if (type == (byte)'S')
        {
            realSize = Field(header, 483, 12);
            segments = ReadOldGnuMap(header);
        }
        else if (_local.Text("GNU.sparse.major") == "1" && _local.Text("GNU.sparse.minor") == "0")
        {
            realSize = _local.Number("GNU.sparse.realsize") ?? throw LayerFormatException.InvalidHeader;
            segments = ReadMapInContent();
        }
        else if (_local.Number("GNU.sparse.size") is { } size)
        {
            realSize = size;
            segments = ToSegments(_local.Text("GNU.sparse.map")?.Split(',').Select(ParseNumber).ToList() ?? _local.SparseNumbers);
        }
        else
        {
            return null;
        }

        name = _local["GNU.sparse.name"] ?? name;
        Validate(segments, realSize);
        return segments;
    }

    private List<SparseSegment> ReadOldGnuMap(ReadOnlySpan<byte> header)
    {
        var numbers = new List<long>();
        bool more = AddNumbers(header.Slice(386, 4 * 24), numbers) && header[482] != 0;
        while (more)
        {
            ReadOnlySpan<byte> extension = ReadBlock();
            if (extension.Length == 0 || numbers.Count > MaximumSegments)
            {
                throw LayerFormatException.InvalidHeader;
            }

            more = AddNumbers(extension[..(21 * 24)], numbers) && extension[504] != 0;
        }

        return ToSegments(numbers);
    }

    /// <returns>False where an unused entry ended the map.</returns>
    private static bool AddNumbers(ReadOnlySpan<byte> entries, List<long> numbers)
    {
        for (; entries.Length >= 24; entries = entries[24..])
        {
            if (entries[0] == 0)
            {
                return false;
            }

            numbers.Add(Field(entries, 0, 12));
            numbers.Add(Field(entries, 12, 12));
        }

        return true;
    }

    /// <summary>Format 1.0: decimal lines at the start of the content, padded to a block.</summary>
    private List<SparseSegment> ReadMapInContent()
    {
        var numbers = new List<long>();
        long expected = 1;
        var line = new List<byte>();
        while (numbers.Count < expected)
        {
            if (_remaining < TarHeader.BlockSize)
            {
                throw LayerFormatException.InvalidHeader;
            }

            ReadOnlySpan<byte> block = ReadBlock();
            _remaining -= TarHeader.BlockSize;
            foreach (byte b in block)
            {
                if (numbers.Count == expected)
                {
                    // the rest of the block is padding
                    break;
                }

                if (b != (byte)'\n')
                {
                    line.Add(b);
                    continue;
                }

                numbers.Add(ParseNumber(CollectionsMarshal.AsSpan(line)));
                expected = 1 + (2 * Math.Min(numbers[0], MaximumSegments + 1));
                line.Clear();
            }

            if (line.Count > 20 || expected > 2L * MaximumSegments)
            {
                throw LayerFormatException.InvalidHeader;
            }
        }

        return ToSegments(numbers[1..]);
    }

    private static long ParseNumber(string text) => ParseNumber(System.Text.Encoding.ASCII.GetBytes(text));

    private static long ParseNumber(ReadOnlySpan<byte> text) =>
        Utf8Parser.TryParse(text, out long value, out int used) && used == text.Length && value >= 0
            ? value : throw LayerFormatException.InvalidHeader;

    private static List<SparseSegment> ToSegments(List<long> numbers)
    {
        if (numbers.Count % 2 != 0)
        {
            throw LayerFormatException.InvalidHeader;
        }

        var segments = new List<SparseSegment>(numbers.Count / 2);
        for (int i = 0; i < numbers.Count; i += 2)
        {
            segments.Add(new SparseSegment(numbers[i], numbers[i + 1]));
        }

        return segments;
    }

    /// <summary>In order, within the file, and as much data as is stored.</summary>
    private void Validate(List<SparseSegment> segments, long realSize)
    {
        long end = 0;
        long stored = 0;
        foreach ((long offset, long length) in segments)
        {
            if (offset < end || length < 0 || offset > realSize - length)
            {
                throw LayerFormatException.InvalidHeader;
            }

            end = offset + length;
            stored += length;
        }

        if (stored != _remaining)
        {
            throw LayerFormatException.InvalidHeader;
        }

        segments.RemoveAll(s => s.Length == 0);
    }
}
