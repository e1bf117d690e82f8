using Berth.Api;
using Berth.Api.Images;
using Berth.Oci;
using Berth.Oci.Content;
using Berth.Oci.Distribution;

namespace Berth.Engine.Images;

/// <summary>Pull: name to registry, index to platform, layers at once, and only then the name.</summary>
public sealed partial class ImageService
{
    /// <param name="tag">A tag, or a digest; without either here or in <paramref name="fromImage"/>, all tags are pulled.</param>
    public async Task PullAsync(
        string fromImage, string? tag, string? platform, AuthConfig? credentials, IProgress<JsonMessage> progress, CancellationToken ct)
    {
        ImageReference reference = PullReference(fromImage, tag);
        Platform wanted = string.IsNullOrEmpty(platform) ? Platform.Host : ParsePlatform(platform);
        RegistryCredentials? own = UserCredentials.For(reference, credentials);
        try
        {
            if (reference.Tag is null && reference.Digest is null)
            {
                await PullAllTagsAsync(reference, wanted, own, progress, ct).ConfigureAwait(false);
            }
            else
            {
                await PullOneAsync(reference, wanted, platform, own, progress, ct).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (RegistryFailures.Translate(e, reference) is { } translated)
        {
            throw translated;
        }
    }

    private async Task PullAllTagsAsync(
        ImageReference repository, Platform platform, RegistryCredentials? credentials, IProgress<JsonMessage> progress, CancellationToken ct)
    {
        var tags = new List<string>();
        using (RegistryClient registry = await _registries.ConnectAsync(
            repository, credentials, InsecureRegistries.Includes(_options.InsecureRegistries, repository.Domain), ct).ConfigureAwait(false))
        {
            await foreach (string tag in registry.ListTagsAsync(ct).ConfigureAwait(false))
            {
                tags.Add(tag);
            }
        }

        foreach (string tag in tags)
        {
            await PullOneAsync(repository with { Tag = tag }, platform, null, credentials, progress, ct).ConfigureAwait(false);
        }
    }

    private async Task PullOneAsync(
        ImageReference reference, Platform platform, string? platformText, RegistryCredentials? credentials,
        IProgress<JsonMessage> progress, CancellationToken ct)
    {
        using IDisposable lease = _collector.Lease();
        try
        {
            (RegistryClient registry, Descriptor target, byte[] content) = await FetchTopAsync(reference, credentials, ct).ConfigureAwait(false);
            using (registry)
            {
                await PullFromAsync(registry, reference, target, content, platform, platformText, progress, ct).ConfigureAwait(false);
            }
        }
        catch
        {
            // what came already and belongs to nothing goes when the lease ends
            _collector.Collect(CancellationToken.None);
            throw;
        }
    }

    /// <summary>Asks the mirrors, then the registry itself, for what the name stands for.</summary>
    private async Task<(RegistryClient Registry, Descriptor Target, byte[] Content)> FetchTopAsync(
        ImageReference reference, RegistryCredentials? credentials, CancellationToken ct)
    {
        IReadOnlyList<PullSource> sources = PullSource.Of(reference, credentials, _options);
        string tagOrDigest = reference.Digest?.ToString() ?? reference.Tag!;
        foreach (PullSource source in sources)
        {
            RegistryClient? registry = null;
            try
            {
                registry = await _registries.ConnectAsync(source.Domain, source.Repository, source.Credentials, source.Insecure, ct).ConfigureAwait(false);
                (Descriptor target, byte[] content) = await registry.GetManifestAsync(tagOrDigest, ct).ConfigureAwait(false);
                return (registry, target, content);
            }
            catch (Exception e) when (source.IsMirror && e is not OperationCanceledException)
            {
                registry?.Dispose();
                Log.MirrorFailed(_logger, source.Domain, e);
            }
            catch
            {
                registry?.Dispose();
                throw;
            }
        }

        throw new InvalidOperationException("the registry itself is always the last source");
    }

    private async Task PullFromAsync(
        RegistryClient registry, ImageReference reference, Descriptor target, byte[] content, Platform platform, string? platformText,
        IProgress<JsonMessage> progress, CancellationToken ct)
    {
        progress.Report(new JsonMessage { Status = $"Pulling from {reference.Path}", Id = reference.Digest?.ToString() ?? reference.Tag });
        ImageTable table = _images.Table;
        ImageRecord? before = table.ByName(reference);
        if (table.ByRemoteDigest(target.Digest) is { } known && known.Platforms.Any(p => platform.Accepts(p.Platform)) && IsWhole(known, platform))
        {
            NamePulled(reference, known.Id, target.Digest);
            Finish(reference, target.Digest, isNew: before?.Id != known.Id, progress);
            return;
        }

        (Descriptor manifest, byte[] manifestContent) = await ChooseManifestAsync(registry, target, content, platform, ct).ConfigureAwait(false);
        PulledImage image = await PulledImage.ReadAsync(registry, manifest, manifestContent, ct).ConfigureAwait(false);
        if (!string.IsNullOrEmpty(platformText) && !platform.Accepts(image.Config.Platform))
        {
            throw ImageErrors.WrongPlatform(reference, platform, image.Config.Platform);
        }

        await _puller.PullAsync(image.Layers, registry, progress, ct).ConfigureAwait(false);
        // from here on it is all here: a client that leaves does not undo it
        await _content.WriteAsync(image.ConfigContent, CancellationToken.None).ConfigureAwait(false);
        await WriteDocumentAsync(manifest.Digest, manifestContent).ConfigureAwait(false);
        await WriteDocumentAsync(target.Digest, content).ConfigureAwait(false);
        var record = new PlatformRecord { Manifest = manifest, ConfigDigest = image.ConfigDigest, Platform = image.Config.Platform };
        Add(target, [record], PulledNames(reference, target.Digest));
        Publish("pull", reference.Familiar, reference.FamiliarRepository, target.Digest);
        Finish(reference, target.Digest, isNew: before?.Id != target.Digest, progress);
    }

    private static void Finish(ImageReference reference, Digest digest, bool isNew, IProgress<JsonMessage> progress)
    {
        progress.Report(new JsonMessage { Status = $"Digest: {digest}" });
        progress.Report(new JsonMessage
        {
            Status = isNew ? $"Status: Downloaded newer image for {reference.Familiar}" : $"Status: Image is up to date for {reference.Familiar}",
        });
    }

    private void NamePulled(ImageReference reference, Digest image, Digest remote)
    {
        string now = Now;
        _images.Update((table, changes) =>
        {
            foreach (ImageReference name in PulledNames(reference, remote))
            {
                if (!table.Names.TryGetValue(name, out ImageNameRecord? record) || record.Image != image)
                {
                    changes.Name(name, new ImageNameRecord { Image = image, Tagged = now });
                }
            }
        });
        Publish("pull", reference.Familiar, reference.FamiliarRepository, image);
    }

    /// <summary>The tag, and the digest that it stood for.</summary>
    private static ImageReference[] PulledNames(ImageReference reference, Digest remote)
    {
        ImageReference digested = reference with { Tag = null, Digest = remote };
        return reference.Digest is null ? [reference, digested] : [digested];
    }

    /// <summary>Whether nothing of an image was lost: damage is repaired by pulling again.</summary>
    private bool IsWhole(ImageRecord image, Platform platform)
    {
        PlatformRecord record = image.Platforms.First(p => platform.Accepts(p.Platform));
        try
        {
            return _documents.Config(record.ConfigDigest).ChainIds.All(_snapshotter.HasLayer)
                && _documents.Manifest(record.Manifest.Digest).Layers.All(l => _content.SizeOf(l.Digest) is not null);
        }
        catch (Exception e) when (e is InvalidDataException or FileNotFoundException)
        {
            Log.DamagedImage(_logger, image.Id, e);
            return false;
        }
    }

    private static async Task<(Descriptor Manifest, byte[] Content)> ChooseManifestAsync(
        RegistryClient registry, Descriptor target, byte[] content, Platform platform, CancellationToken ct)
    {
        if (!MediaTypes.IsIndex(target.MediaType))
        {
            return (target, content);
        }

        Descriptor chosen = PulledImage.Choose(PulledImage.ParseIndex(content), platform);
        (Descriptor manifest, byte[] manifestContent) = await registry.GetManifestAsync(chosen.Digest.ToString(), ct).ConfigureAwait(false);
        return MediaTypes.IsManifest(manifest.MediaType)
            ? (manifest with { Platform = chosen.Platform }, manifestContent)
            : throw new EngineException(ErrorKind.System, $"{chosen.Digest} is no image manifest but {manifest.MediaType}");
    }

    /// <summary>The bytes as they came, which the client has verified: under sha512 too.</summary>
    private async Task WriteDocumentAsync(Digest digest, byte[] content)
    {
        if (_content.SizeOf(digest) is not null)
        {
            return;
        }

        await using Ingest ingest = _content.BeginIngest(digest);
        ingest.Write(content);
        await ingest.CommitAsync(CancellationToken.None).ConfigureAwait(false);
    }

    private static ImageReference PullReference(string fromImage, string? tag)
    {
        try
        {
            ImageReference reference = ImageReference.Parse(fromImage);
            if (string.IsNullOrEmpty(tag))
            {
                return reference;
            }

            // the tag parameter wins over the tag in the name, as moby's image_pull.go has it
            return tag.Contains(':', StringComparison.Ordinal)
                ? ImageReference.Parse($"{reference.Repository}@{tag}")
                : ImageReference.Parse($"{reference.Repository}:{tag}");
        }
        catch (FormatException e)
        {
            throw ImageErrors.InvalidReference(e);
        }
    }
}
