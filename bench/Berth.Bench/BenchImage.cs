using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;

namespace Berth.Bench;

/// <summary>An image of many files, made as an OCI layout, so that every registry gets the same bytes.</summary>
internal static class BenchImage
{
    private const int FileBytes = 20_000;

    /// <summary>Writes the layout: <paramref name="layers"/> layers of <paramref name="filesPerLayer"/> files of 20,000 bytes, tagged <c>1</c>.</summary>
    public static async Task WriteAsync(string layout, int layers, int filesPerLayer)
    {
        string blobs = Directory.CreateDirectory(Path.Combine(layout, "blobs", "sha256")).FullName;
        var diffIds = new List<string>();
        var descriptors = new List<string>();
        for (int layer = 0; layer < layers; layer++)
        {
            string archive = Path.Combine(layout, "layer.tar");
            WriteArchive(archive, layer, filesPerLayer);
            diffIds.Add($"\"sha256:{await HashAsync(archive)}\"");
            string packed = archive + ".gz";
            await using (FileStream from = File.OpenRead(archive))
            await using (var to = new GZipStream(File.Create(packed), CompressionLevel.Optimal))
            {
                await from.CopyToAsync(to);
            }

            File.Delete(archive);
            descriptors.Add(await StoreAsync(packed, blobs, "application/vnd.oci.image.layer.v1.tar+gzip"));
        }

        string architecture = System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture == System.Runtime.InteropServices.Architecture.Arm64
            ? "arm64" : "amd64";
        string config = await StoreTextAsync(
            $$$"""{"architecture":"{{{architecture}}}","os":"linux","config":{},"rootfs":{"type":"layers","diff_ids":[{{{string.Join(',', diffIds)}}}]}}""",
            layout, blobs, "application/vnd.oci.image.config.v1+json");
        const string manifestType = "application/vnd.oci.image.manifest.v1+json";
        string manifest = await StoreTextAsync(
            $$"""{"schemaVersion":2,"mediaType":"{{manifestType}}","config":{{config}},"layers":[{{string.Join(',', descriptors)}}]}""", layout, blobs, manifestType);
        string tagged = manifest[..^1] + ""","annotations":{"org.opencontainers.image.ref.name":"1"}}""";
        await File.WriteAllTextAsync(Path.Combine(layout, "index.json"), $$"""{"schemaVersion":2,"manifests":[{{tagged}}]}""");
        await File.WriteAllTextAsync(Path.Combine(layout, "oci-layout"), """{"imageLayoutVersion":"1.0.0"}""");
    }

    /// <summary>Half noise, half text: it compresses about as real software does.</summary>
    private static void WriteArchive(string path, int layer, int files)
    {
        using FileStream file = File.Create(path);
        using var archive = new TarWriter(file, TarEntryFormat.Pax);
        var random = new Random(layer + 1);
        var content = new byte[FileBytes];
        for (int i = 0; i < files; i++)
        {
            random.NextBytes(content.AsSpan(0, FileBytes / 2));
            content.AsSpan(FileBytes / 2).Fill((byte)('a' + (i % 26)));
            archive.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, $"data{layer}/{i / 250:000}/{i:00000}") { DataStream = new MemoryStream(content) });
        }
    }

    private static async Task<string> StoreTextAsync(string text, string layout, string blobs, string mediaType)
    {
        string file = Path.Combine(layout, "document");
        await File.WriteAllTextAsync(file, text);
        return await StoreAsync(file, blobs, mediaType);
    }

    /// <summary>Moves a file to its digest's name.</summary>
    /// <returns>Its descriptor.</returns>
    private static async Task<string> StoreAsync(string file, string blobs, string mediaType)
    {
        string hex = await HashAsync(file);
        string descriptor = $$"""{"mediaType":"{{mediaType}}","digest":"sha256:{{hex}}","size":{{new FileInfo(file).Length}}}""";
        File.Move(file, Path.Combine(blobs, hex));
        return descriptor;
    }

    private static async Task<string> HashAsync(string file)
    {
        await using FileStream content = File.OpenRead(file);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(content));
    }
}
