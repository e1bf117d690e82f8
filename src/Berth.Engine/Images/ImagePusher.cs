using System.Text.Json;
using Berth.Api;
using Berth.Oci;
using Berth.Oci.Content;
using Berth.Oci.Distribution;

namespace Berth.Engine.Images;

/// <summary>Brings one platform's layers, config and manifest into a repository; the tag is put on by who called.</summary>
/// <remarks>What the registry has is asked for before it is sent, and what another of its repositories has is mounted.</remarks>
internal sealed class ImagePusher(
    EngineOptions options, IContentStore content, ImageDocuments documents, ImageStore images, RegistryClient registry, TimeProvider time)
{
    private readonly LayerCompressor _compressor = new(content);

    /// <returns>The manifest as it was pushed: the image's own, or one with compressed layers in its place.</returns>
    public async Task<Descriptor> PushAsync(ImageRecord image, PlatformRecord platform, IProgress<JsonMessage> progress, CancellationToken ct)
    {
        ImageManifest own = documents.Manifest(platform.Manifest.Digest);
        IReadOnlyList<Digest> diffIds = documents.Config(platform.ConfigDigest).Config.RootFs.DiffIds;
        PushedRecord? known = KnownForm(image, platform);
        ImageManifest? form = known is null ? null : documents.Manifest(known.Manifest.Digest);
        IReadOnlyList<Descriptor> layers = await PushLayersAsync(own.Layers, form?.Layers, diffIds, progress, ct).ConfigureAwait(false);
        await PushConfigAsync(own.Config!, ct).ConfigureAwait(false);
        Descriptor manifest = known?.Manifest
            ?? (layers.SequenceEqual(own.Layers) ? platform.Manifest : await WriteFormAsync(own, layers, ct).ConfigureAwait(false));
        await registry.PutManifestAsync(manifest.Digest.ToString(), manifest.MediaType, content.ReadAll(manifest.Digest), ct).ConfigureAwait(false);
        return manifest;
    }

    /// <summary>What an earlier push made of this manifest, if all of it is still here.</summary>
    private PushedRecord? KnownForm(ImageRecord image, PlatformRecord platform) => image.Pushed.FirstOrDefault(p =>
        p.Source == platform.Manifest.Digest
        && content.SizeOf(p.Manifest.Digest) is not null
        && documents.Manifest(p.Manifest.Digest).Layers.All(l => content.SizeOf(l.Digest) is not null));

    private async Task<IReadOnlyList<Descriptor>> PushLayersAsync(
        IReadOnlyList<Descriptor> own, IReadOnlyList<Descriptor>? form, IReadOnlyList<Digest> diffIds, IProgress<JsonMessage> progress, CancellationToken ct)
    {
        using var slots = new SemaphoreSlim(Math.Max(1, options.MaxConcurrentUploads));
        var tasks = new Task<Descriptor>[own.Count];
        // topmost first, as Docker lists them
        for (int i = own.Count - 1; i >= 0; i--)
        {
            int layer = i;
            var shown = new LayerProgress(diffIds[layer], time);
            shown.Subscribe(progress);
            shown.Report("Preparing");
            tasks[layer] = PushLayerAsync(own[layer], form?[layer], slots, shown, ct);
        }

        return await Task.WhenAll(tasks).ConfigureAwait(false);
    }

    private async Task<Descriptor> PushLayerAsync(
        Descriptor own, Descriptor? form, SemaphoreSlim slots, LayerProgress progress, CancellationToken ct)
    {
        if (!slots.Wait(0, CancellationToken.None))
        {
            progress.Report("Waiting");
            await slots.WaitAsync(ct).ConfigureAwait(false);
        }

        try
        {
            Descriptor layer = form ?? (LayerCompressor.IsPlain(own) ? await _compressor.CompressAsync(own, ct).ConfigureAwait(false) : own);
            await SendAsync(layer, progress, ct).ConfigureAwait(false);
            return layer;
        }
        finally
        {
            slots.Release();
        }
    }

    private async Task SendAsync(Descriptor layer, LayerProgress progress, CancellationToken ct)
    {
        if (MediaTypes.IsNonDistributable(layer.MediaType))
        {
            progress.Report("Skipped foreign layer");
            return;
        }

        if (await registry.BlobExistsAsync(layer.Digest, ct).ConfigureAwait(false))
        {
            progress.Report("Layer already exists");
            return;
        }

        foreach (ImageReference neighbour in NeighboursWith(layer.Digest))
        {
            if (await registry.MountBlobAsync(layer.Digest, neighbour.Path, ct).ConfigureAwait(false))
            {
                progress.Report($"Mounted from {neighbour.Path}");
                return;
            }
        }

        progress.Report("Pushing", 0, layer.Size, always: true);
        var sent = new UploadProgress(progress, layer.Size);
        await registry.PushBlobAsync(layer.Digest, layer.Size, () => content.OpenRead(layer.Digest), sent, ct).ConfigureAwait(false);
        progress.Report("Pushed");
    }

    private async Task PushConfigAsync(Descriptor config, CancellationToken ct)
    {
        if (!await registry.BlobExistsAsync(config.Digest, ct).ConfigureAwait(false))
        {
            await registry.PushBlobAsync(config.Digest, config.Size, () => content.OpenRead(config.Digest), null, ct).ConfigureAwait(false);
        }
    }

    /// <summary>Other repositories of the same registry that are known to have a blob: images that came from there or went there.</summary>
    private IEnumerable<ImageReference> NeighboursWith(Digest layer)
    {
        const int most = 3;
        ImageTable table = images.Table;
        string domain = registry.Endpoint.BaseAddress.Authority;
        return table.Names.Where(n => n.Key.Digest is not null && n.Key.Path != registry.Repository
                && (n.Key.Domain == domain || RegistryEndpoint.AddressesOf(n.Key.Domain, insecure: false)[0].Authority == domain)
                && table.Images.TryGetValue(n.Value.Image, out ImageRecord? image) && ManifestsOf(image).Any(m => Has(m, layer)))
            .Select(n => n.Key).DistinctBy(n => n.Path).Take(most);
    }

    private static IEnumerable<Digest> ManifestsOf(ImageRecord image) =>
        image.Platforms.Select(p => p.Manifest.Digest).Concat(image.Pushed.Select(p => p.Manifest.Digest));

    private bool Has(Digest manifest, Digest layer) =>
        content.SizeOf(manifest) is not null && documents.Manifest(manifest).Layers.Any(l => l.Digest == layer);

    private async Task<Descriptor> WriteFormAsync(ImageManifest own, IReadOnlyList<Descriptor> layers, CancellationToken ct)
    {
        byte[] bytes = JsonSerializer.SerializeToUtf8Bytes(own with { Layers = layers }, OciJson.Default.ImageManifest);
        Digest digest = await content.WriteAsync(bytes, ct).ConfigureAwait(false);
        return new Descriptor { MediaType = own.MediaType ?? MediaTypes.OciManifest, Digest = digest, Size = bytes.Length };
    }

    private sealed class UploadProgress(LayerProgress progress, long total) : IProgress<long>
    {
        public void Report(long value) => progress.Report("Pushing", value, total, always: value == total);
    }
}
