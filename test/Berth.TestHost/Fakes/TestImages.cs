using System.IO.Compression;
using Berth.Oci;

namespace Berth.TestHost.Fakes;

public static class TestImages
{
    public static byte[] Gzip(byte[] content)
    {
        using var target = new MemoryStream();
        using (var gzip = new GZipStream(target, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(content);
        }

        return target.ToArray();
    }

    public static ImageConfig Config(IReadOnlyList<Digest> diffIds, Platform platform) => new()
    {
        Created = "2024-05-06T07:08:09.123456789Z",
        Architecture = platform.Architecture,
        Variant = platform.Variant,
        Os = platform.Os,
        Author = "somebody",
        Config = new ImageRunConfig { Cmd = ["/bin/sh"], Env = ["PATH=/bin"], Labels = new Dictionary<string, string> { ["kind"] = "test" } },
        RootFs = new RootFs { DiffIds = diffIds },
        History = [.. diffIds.Select((_, i) => new HistoryEntry { CreatedBy = $"step {i}" }), new HistoryEntry { CreatedBy = "CMD", EmptyLayer = true }],
    };

    /// <summary>Bytes that do not compress, so that a layer's blob is as large as it looks.</summary>
    public static string Noise(int length, int seed)
    {
        byte[] bytes = new byte[length * 3 / 4];
        new Random(seed).NextBytes(bytes);
        return Convert.ToBase64String(bytes);
    }
}
