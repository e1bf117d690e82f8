using System.IO.Compression;

namespace Berth.Oci.Layers;

public enum CompressionKind
{
    None,
    Gzip,
    Zstd,

    /// <summary>Known by its first bytes, and refused: no image has it, and no external program is run for it.</summary>
    Bzip2,
    Xz,
}

/// <summary>How a layer is packed, told by its first bytes whatever its media type says.</summary>
public static class Compression
{
    /// <summary>How many bytes <see cref="Detect"/> wants to see.</summary>
    public const int MagicLength = 6;

    public static CompressionKind Detect(ReadOnlySpan<byte> start) =>
        start.StartsWith((ReadOnlySpan<byte>)[0x1F, 0x8B, 0x08]) ? CompressionKind.Gzip
        : start.StartsWith((ReadOnlySpan<byte>)[0x28, 0xB5, 0x2F, 0xFD]) ? CompressionKind.Zstd
        : IsSkippableFrame(start) ? CompressionKind.Zstd
        : start.StartsWith("BZh"u8) ? CompressionKind.Bzip2
        : start.StartsWith((ReadOnlySpan<byte>)[0xFD, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0]) ? CompressionKind.Xz
        : CompressionKind.None;

    /// <summary>The content of a stream that may be packed; the caller still owns <paramref name="stream"/>.</summary>
    /// <exception cref="NotSupportedException">It is packed in a way that is not read.</exception>
    public static Stream Decompress(Stream stream)
    {
        byte[] start = new byte[MagicLength];
        int count = stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        var whole = new PrefixedStream(start.AsMemory(0, count), stream);
        return Detect(start.AsSpan(0, count)) switch
        {
            CompressionKind.None => whole,
            CompressionKind.Gzip => new GZipStream(whole, CompressionMode.Decompress),
            CompressionKind.Zstd => new ZstdSharp.DecompressionStream(whole),
            var other => throw new NotSupportedException($"{other.ToString().ToLowerInvariant()} compression is not supported: use gzip, zstd or none"),
        };
    }

    /// <summary>Source: RFC 8878, 3.1.2: the last four bits are free.</summary>
    private static bool IsSkippableFrame(ReadOnlySpan<byte> start) =>
        start.Length >= 4 && (start[0] & 0xF0) == 0x50 && start[1..].StartsWith((ReadOnlySpan<byte>)[0x2A, 0x4D, 0x18]);

    /// <summary>A stream whose first bytes were read already.</summary>
    private sealed class PrefixedStream(ReadOnlyMemory<byte> prefix, Stream rest) : ForwardReadStream
    {
        private ReadOnlyMemory<byte> _prefix = prefix;

        public override int Read(Span<byte> buffer)
        {
            if (_prefix.IsEmpty)
            {
                return rest.Read(buffer);
            }

            int count = Math.Min(buffer.Length, _prefix.Length);
            _prefix.Span[..count].CopyTo(buffer);
            _prefix = _prefix[count..];
            return count;
        }
    }
}
