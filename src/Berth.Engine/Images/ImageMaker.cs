using System.Text.Json;
using Berth.Oci;
using Berth.Oci.Content;

namespace Berth.Engine.Images;

/// <summary>Writes a new image's documents: config and OCI manifest, around layers that are here already.</summary>
internal sealed class ImageMaker(IContentStore content)
{
    /// <param name="layers">Lowest first; as many as the config has diff IDs.</param>
    public async Task<PlatformRecord> WriteAsync(ImageConfig config, IReadOnlyList<Descriptor> layers, CancellationToken ct)
    {
        byte[] configBytes = JsonSerializer.SerializeToUtf8Bytes(config, OciJson.Default.ImageConfig);
        Digest configDigest = await content.WriteAsync(configBytes, ct).ConfigureAwait(false);
        var manifest = new ImageManifest
        {
            MediaType = MediaTypes.OciManifest,
            Config = new Descriptor { MediaType = MediaTypes.OciConfig, Digest = configDigest, Size = configBytes.Length },
            Layers = layers,
        };
        byte[] manifestBytes = JsonSerializer.SerializeToUtf8Bytes(manifest, OciJson.Default.ImageManifest);
        Digest manifestDigest = await content.WriteAsync(manifestBytes, ct).ConfigureAwait(false);
        return new PlatformRecord
        {
            Manifest = new Descriptor { MediaType = MediaTypes.OciManifest, Digest = manifestDigest, Size = manifestBytes.Length },
            ConfigDigest = configDigest,
            Platform = config.Platform,
        };
    }
}
