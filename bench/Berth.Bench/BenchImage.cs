using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;
using Berth.Oci;
using Berth.TestHost.Fakes;

namespace Berth.Bench;

/// <summary>An image of many files, made as an OCI layout, so that every registry gets the same bytes.</summary>
internal static class BenchImage
{
    private const int FileBytes = 20_000;

    /// <summary>Writes the layout: <paramref name="layers"/> layers of <paramref name="filesPerLayer"/> files of 20,000 bytes, tagged <c>1</c>.</summary>
    public static async Task WriteAsync(string layout, int layers, int filesPerLayer)
    {
        string blobs = Directory.CreateDirectory(Path.Combine(layout, "blobs", "sha256")).FullName;
        var diffIds = new List<Digest>();
        var descriptors = new List<Descriptor>();
        for (int layer = 0; layer < layers; layer++)
        {
            string archive = Path.Combine(layout, "layer.tar");
            WriteArchive(archive, layer, filesPerLayer);
            diffIds.Add(await HashAsync(archive));
            string packed = archive + ".gz";
            await using (FileStream from = File.OpenRead(archive))
            await using (var to = new GZipStream(File.Create(packed), CompressionLevel.Optimal))
            {
                await from.CopyToAsync(to);
            }

            File.Delete(archive);
            var descriptor = new Descriptor { MediaType = MediaTypes.OciLayerGzip, Digest = await HashAsync(packed), Size = new FileInfo(packed).Length };
            File.Move(packed, Path.Combine(blobs, descriptor.Digest.Hex));
            descriptors.Add(descriptor);
        }

        byte[] config = JsonSerializer.SerializeToUtf8Bytes(TestImages.Config(diffIds, Platform.Host), OciJson.Default.ImageConfig);
        var manifest = new ImageManifest { MediaType = MediaTypes.OciManifest, Config = Store(config, blobs, MediaTypes.OciConfig), Layers = descriptors };
        Descriptor named = Store(JsonSerializer.SerializeToUtf8Bytes(manifest, OciJson.Default.ImageManifest), blobs, MediaTypes.OciManifest) with
        {
            Annotations = new Dictionary<string, string> { ["org.opencontainers.image.ref.name"] = "1" },
        };
        await File.WriteAllBytesAsync(
            Path.Combine(layout, "index.json"), JsonSerializer.SerializeToUtf8Bytes(new ImageIndex { Manifests = [named] }, OciJson.Default.ImageIndex));
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

    private static Descriptor Store(byte[] document, string blobs, string mediaType)
    {
        var digest = Digest.Of(document);
        File.WriteAllBytes(Path.Combine(blobs, digest.Hex), document);
        return new Descriptor { MediaType = mediaType, Digest = digest, Size = document.Length };
    }

    private static async Task<Digest> HashAsync(string file)
    {
        await using FileStream content = File.OpenRead(file);
        return Digest.FromSha256(await SHA256.HashDataAsync(content));
    }
}
