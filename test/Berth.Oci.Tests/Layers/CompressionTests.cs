using System.IO.Compression;
using Berth.Oci.Layers;

namespace Berth.Oci.Tests.Layers;

public sealed class CompressionTests
{
    private static readonly byte[] Plain = [.. Enumerable.Range(0, 300_000).Select(i => (byte)(i / 7))];

    [Fact]
    public void Plain_content_passes_through() => Assert.Equal(Plain, Decompress(Plain));

    [Fact]
    public void Gzip_is_known_by_its_first_bytes() => Assert.Equal(Plain, Decompress(Gzip(Plain)));

    [Fact]
    public void Gzip_of_several_members_is_one_content() =>
        Assert.Equal([.. Plain, .. Plain], Decompress([.. Gzip(Plain), .. Gzip(Plain)]));

    [Fact]
    public void Zstd_is_known_by_its_first_bytes()
    {
        using var compressor = new ZstdSharp.Compressor();
        Assert.Equal(Plain, Decompress(compressor.Wrap(Plain).ToArray()));
    }

    [Fact]
    public void A_zstd_file_may_begin_with_a_frame_that_is_skipped()
    {
        using var compressor = new ZstdSharp.Compressor();
        Assert.Equal(Plain, Decompress([0x5A, 0x2A, 0x4D, 0x18, 4, 0, 0, 0, 1, 2, 3, 4, .. compressor.Wrap(Plain)]));
    }

    [Theory]
    [InlineData("BZh91AY&SY")]
    [InlineData("\u00FD7zXZ\0")]
    public void Other_compressions_are_refused_by_name(string start)
    {
        byte[] content = [.. start.Select(c => (byte)c), 1, 2, 3, 4];
        Assert.Contains("compression is not supported", Assert.Throws<NotSupportedException>(() => Decompress(content)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5)]
    public void Content_shorter_than_a_magic_number_is_plain(int length) => Assert.Equal(Plain[..length], Decompress(Plain[..length]));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4 << 20)]
    [InlineData((9 << 20) + 17)]
    public async Task What_all_cores_compress_is_ordinary_gzip(int length)
    {
        byte[] content = new byte[length];
        for (int i = 0; i < length; i++)
        {
            content[i] = (byte)(i * 7 / 1000);
        }

        byte[] first = await CompressAsync(content);
        Assert.Equal(first, await CompressAsync(content));
        Assert.Equal(CompressionKind.Gzip, Compression.Detect(first));
        Assert.Equal(content, Decompress(first));
    }

    private static async Task<byte[]> CompressAsync(byte[] content)
    {
        using var target = new MemoryStream();
        await ParallelGzip.CompressAsync(new MemoryStream(content), target.WriteAsync, CancellationToken.None);
        return target.ToArray();
    }

    private static byte[] Gzip(byte[] content)
    {
        using var target = new MemoryStream();
        using (var gzip = new GZipStream(target, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(content);
        }

        return target.ToArray();
    }

    private static byte[] Decompress(byte[] content)
    {
        using var source = new MemoryStream(content);
        using Stream plain = Compression.Decompress(source);
        using var target = new MemoryStream();
        plain.CopyTo(target);
        return target.ToArray();
    }
}
