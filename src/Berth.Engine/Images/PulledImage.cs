using System.Text.Json;
using Berth.Oci;
using Berth.Oci.Distribution;

namespace Berth.Engine.Images;

/// <summary>An image's documents as a registry gave them, checked against each other.</summary>
internal sealed record PulledImage
{
    /// <summary>Bytes; configs with long histories have some hundred KiB.</summary>
    private const int LargestConfig = 8 << 20;

    public required Digest ConfigDigest { get; init; }
    public required byte[] ConfigContent { get; init; }
    public required ImageConfig Config { get; init; }

    /// <summary>Lowest first.</summary>
    public required IReadOnlyList<LayerRequest> Layers { get; init; }

    public static async Task<PulledImage> ReadAsync(RegistryClient registry, Descriptor descriptor, byte[] content, CancellationToken ct)
    {
        ImageManifest manifest = Parse(content, OciJson.Default.ImageManifest, descriptor.Digest);
        Descriptor configDescriptor = manifest.Config ?? throw ImageErrors.DamagedManifest(descriptor.Digest, "it has no config");
        if (configDescriptor.MediaType is not (MediaTypes.OciConfig or MediaTypes.DockerConfig))
        {
            throw ImageErrors.NoImage(configDescriptor.MediaType);
        }

        byte[] configContent = await ReadBlobAsync(registry, configDescriptor, ct).ConfigureAwait(false);
        ImageConfig config = Parse(configContent, OciJson.Default.ImageConfig, configDescriptor.Digest);
        return new PulledImage
        {
            ConfigDigest = configDescriptor.Digest,
            ConfigContent = configContent,
            Config = config,
            Layers = LayersOf(manifest, config, descriptor.Digest),
        };
    }

    public static ImageIndex ParseIndex(byte[] content) => Parse(content, OciJson.Default.ImageIndex, Digest.Of(content));

    /// <summary>The manifest for a platform, the exact variant before one that merely runs; attestations are no images.</summary>
    public static Descriptor Choose(ImageIndex index, Platform platform)
    {
        List<Descriptor> fitting = index.Manifests
            .Where(m => m.Platform is { Os: not "unknown" } p && platform.Accepts(p)
                && m.Annotations?.ContainsKey("vnd.docker.reference.type") != true)
            .ToList();
        return fitting.FirstOrDefault(m => m.Platform?.Variant == platform.Variant)
            ?? fitting.FirstOrDefault()
            ?? throw ImageErrors.NoMatchingManifest(platform);
    }

    private static List<LayerRequest> LayersOf(ImageManifest manifest, ImageConfig config, Digest digest)
    {
        IReadOnlyList<Digest> diffIds = config.RootFs.DiffIds;
        if (diffIds.Count != manifest.Layers.Count)
        {
            throw ImageErrors.DamagedManifest(digest, "layers from manifest don't match image configuration");
        }

        if (manifest.Layers.Any(l => l.Digest.IsDefault || l.Size < 0) || diffIds.Any(d => d.IsDefault))
        {
            throw ImageErrors.DamagedManifest(digest, "a layer has no digest or size");
        }

        IReadOnlyList<Digest> chainIds = ChainId.Of(diffIds);
        return manifest.Layers.Select((blob, i) => new LayerRequest(blob, diffIds[i], chainIds[i], i == 0 ? null : chainIds[i - 1])).ToList();
    }

    private static async Task<byte[]> ReadBlobAsync(RegistryClient registry, Descriptor descriptor, CancellationToken ct)
    {
        if (descriptor.Size is < 0 or > LargestConfig)
        {
            throw ImageErrors.DamagedManifest(descriptor.Digest, "its config is too large");
        }

        await using Stream stream = await registry.OpenBlobAsync(descriptor, 0, ct).ConfigureAwait(false);
        byte[] content = new byte[descriptor.Size];
        int count = await stream.ReadAtLeastAsync(content, content.Length, throwOnEndOfStream: false, ct).ConfigureAwait(false);
        // hash before parse
        return count == content.Length && descriptor.Digest.Matches(content)
            ? content : throw ImageErrors.WrongConfig(descriptor.Digest);
    }

    private static T Parse<T>(byte[] content, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type, Digest digest)
    {
        try
        {
            return JsonSerializer.Deserialize(content, type) ?? throw ImageErrors.DamagedManifest(digest, "it is null");
        }
        catch (JsonException e)
        {
            // A serializer's sentence about our types is not for who pulls.
            bool isOfTypes = e.Message.StartsWith("The JSON value could not be converted", StringComparison.Ordinal);
            throw ImageErrors.DamagedManifest(digest, isOfTypes ? $"unexpected value at {e.Path}" : e.Message);
        }
    }
}
