using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Berth.Oci;

namespace Berth.Registry.Tests;

/// <summary>An image made in memory, with bytes of its own so that no two tests share a blob.</summary>
internal sealed record SampleImage(byte[] Config, byte[] Layer, byte[] Manifest)
{
    public Digest ConfigDigest { get; } = Digest.Of(Config);

    public Digest LayerDigest { get; } = Digest.Of(Layer);

    public Digest Digest { get; } = Digest.Of(Manifest);

    public static SampleImage Create(int layerSize = 1000, Digest? subject = null, string? artifactType = null)
    {
        byte[] content = new byte[layerSize];
        Random.Shared.NextBytes(content);
        using var tar = new MemoryStream();
        using (var writer = new TarWriter(tar, leaveOpen: true))
        {
            writer.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, "file") { DataStream = new MemoryStream(content) });
        }

        using var layer = new MemoryStream();
        using (var gzip = new GZipStream(layer, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(tar.ToArray());
        }

        byte[] config = Encoding.UTF8.GetBytes(
            $$$"""{"architecture":"{{{Platform.Host.Architecture}}}","os":"linux","config":{},"rootfs":{"type":"layers","diff_ids":["{{{Digest.Of(tar.ToArray())}}}"]}}""");
        var manifest = new ImageManifest
        {
            MediaType = MediaTypes.OciManifest,
            ArtifactType = artifactType,
            Config = new Descriptor { MediaType = MediaTypes.OciConfig, Digest = Digest.Of(config), Size = config.Length },
            Layers = [new Descriptor { MediaType = MediaTypes.OciLayerGzip, Digest = Digest.Of(layer.ToArray()), Size = layer.Length }],
            Subject = subject is { } digest ? new Descriptor { MediaType = MediaTypes.OciManifest, Digest = digest, Size = 2 } : null,
            Annotations = subject is null ? null : new Dictionary<string, string> { ["note"] = "signed" },
        };
        return new SampleImage(config, layer.ToArray(), JsonSerializer.SerializeToUtf8Bytes(manifest, OciJson.Default.ImageManifest));
    }

    /// <summary>Writes an OCI layout directory that names the image <paramref name="name"/>.</summary>
    public void WriteLayout(string directory, string name)
    {
        string blobs = Path.Combine(directory, "blobs", "sha256");
        Directory.CreateDirectory(blobs);
        foreach (byte[] blob in (byte[][])[Config, Layer, Manifest])
        {
            File.WriteAllBytes(Path.Combine(blobs, Digest.Of(blob).Hex), blob);
        }

        File.WriteAllText(Path.Combine(directory, "oci-layout"), """{"imageLayoutVersion":"1.0.0"}""");
        var index = new ImageIndex
        {
            Manifests =
            [
                new Descriptor
                {
                    MediaType = MediaTypes.OciManifest,
                    Digest = Digest,
                    Size = Manifest.Length,
                    Annotations = new Dictionary<string, string> { ["org.opencontainers.image.ref.name"] = name },
                },
            ],
        };
        File.WriteAllBytes(Path.Combine(directory, "index.json"), JsonSerializer.SerializeToUtf8Bytes(index, OciJson.Default.ImageIndex));
    }
}
