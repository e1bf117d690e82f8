using System.Collections.Concurrent;
using Berth.Oci;
using Berth.Oci.Content;

namespace Berth.Engine.Images;

/// <summary>Manifests and configs, read once: they never change.</summary>
internal sealed class ImageDocuments(IContentStore content)
{
    private readonly ConcurrentDictionary<Digest, ImageManifest> _manifests = new();
    private readonly ConcurrentDictionary<Digest, ResolvedConfig> _configs = new();

    /// <exception cref="InvalidDataException">The blob is no such document.</exception>
    /// <exception cref="FileNotFoundException">The blob is not here.</exception>
    public ImageManifest Manifest(Digest digest) =>
        _manifests.GetOrAdd(digest, static (d, c) => c.ReadDocument(d, OciJson.Default.ImageManifest), content);

    /// <inheritdoc cref="Manifest"/>
    public ResolvedConfig Config(Digest digest) => _configs.GetOrAdd(digest, static (d, c) =>
    {
        ImageConfig config = c.ReadDocument(d, OciJson.Default.ImageConfig);
        return new ResolvedConfig(config, ChainId.Of(config.RootFs.DiffIds));
    }, content);

    public void Forget(Digest digest)
    {
        _manifests.TryRemove(digest, out _);
        _configs.TryRemove(digest, out _);
    }
}

/// <param name="ChainIds">Lowest first.</param>
internal sealed record ResolvedConfig(ImageConfig Config, IReadOnlyList<Digest> ChainIds);
