using System.Text.Json;
using Berth.Api;
using Berth.Api.Images;
using Berth.Oci;
using Berth.Oci.Content;
using Berth.Oci.Distribution;

namespace Berth.Engine.Images;

/// <summary>Push: what came from a registry goes out as it came; what was made here is compressed, once.</summary>
public sealed partial class ImageService
{
    /// <param name="tag">Without one, all tags of the repository are pushed.</param>
    public async Task PushAsync(
        string name, string? tag, string? platform, AuthConfig? credentials, IProgress<JsonMessage> progress, CancellationToken ct)
    {
        ImageReference reference = PushReference(name, tag);
        List<ImageReference> tags = TagsToPush(reference);
        using IDisposable lease = _collector.Lease();
        try
        {
            RegistryCredentials? own = UserCredentials.For(reference, credentials);
            progress.Report(new JsonMessage { Status = $"The push refers to repository [{reference.Repository}]" });
            using RegistryClient registry = await _registries.ConnectAsync(
                reference, own, InsecureRegistries.Includes(_options.InsecureRegistries, reference.Domain), ct).ConfigureAwait(false);
            foreach (ImageReference one in tags)
            {
                await PushOneAsync(one, platform, registry, progress, ct).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (RegistryFailures.TranslatePush(e, reference) is { } translated)
        {
            throw translated;
        }
    }

    private async Task PushOneAsync(
        ImageReference name, string? platform, RegistryClient registry, IProgress<JsonMessage> progress, CancellationToken ct)
    {
        ImageRecord image = _images.Table.ByName(name) ?? throw ImageErrors.NoSuchTag(name);
        IReadOnlyList<PlatformRecord> platforms = PlatformsToPush(image, name, platform);
        var pusher = new ImagePusher(_options, _content, _documents, _images, registry, _time);
        var pushed = new List<PushedRecord>();
        Descriptor last = image.Target;
        foreach (PlatformRecord one in platforms)
        {
            last = await pusher.PushAsync(image, one, progress, ct).ConfigureAwait(false);
            if (last.Digest != one.Manifest.Digest)
            {
                pushed.Add(new PushedRecord(one.Manifest.Digest, last));
            }
        }

        bool pushesIndex = platforms.Count > 1;
        Descriptor top = pushesIndex ? image.Target : last;
        byte[] content = _content.ReadAll(top.Digest);
        await registry.PutManifestAsync(name.Tag!, top.MediaType, content, ct).ConfigureAwait(false);
        Remember(image, name, top, pushed);
        progress.Report(new JsonMessage { Status = $"{name.Tag}: digest: {top.Digest} size: {content.Length}" });
        progress.Report(new JsonMessage
        {
            ProgressDetail = new ProgressDetail(),
            Aux = JsonSerializer.SerializeToElement(
                new PushResult { Tag = name.Tag!, Digest = top.Digest.ToString(), Size = content.Length }, ApiJson.Default.PushResult),
        });
        Publish("push", name.Familiar, name.FamiliarRepository, image);
    }

    /// <summary>All platforms of an index that is whole and as it came; else one, by itself.</summary>
    private IReadOnlyList<PlatformRecord> PlatformsToPush(ImageRecord image, ImageReference name, string? platform)
    {
        if (string.IsNullOrEmpty(platform) && image.Platforms.Count > 1 && MediaTypes.IsIndex(image.Target.MediaType))
        {
            ImageIndex index = PulledImage.ParseIndex(_content.ReadAll(image.Target.Digest));
            bool isWhole = index.Manifests.All(m => image.Platforms.Any(p => p.Manifest.Digest == m.Digest));
            bool isCompressed = image.Platforms.All(p => _documents.Manifest(p.Manifest.Digest).Layers.All(l => !LayerCompressor.IsPlain(l)));
            if (isWhole && isCompressed)
            {
                return image.Platforms;
            }
        }

        return [Choose(image, name.Familiar, string.IsNullOrEmpty(platform) ? null : platform)];
    }

    private void Remember(ImageRecord image, ImageReference name, Descriptor top, List<PushedRecord> pushed)
    {
        ImageReference digested = name with { Tag = null, Digest = top.Digest };
        string now = Now;
        _images.Update((table, changes) =>
        {
            if (!table.Images.TryGetValue(image.Id, out ImageRecord? current))
            {
                return;
            }

            changes.Put(current with { Pushed = [.. current.Pushed.Where(p => pushed.All(n => n.Manifest.Digest != p.Manifest.Digest)), .. pushed] });
            changes.Name(digested, new ImageNameRecord { Image = image.Id, Tagged = now });
        });
    }

    private List<ImageReference> TagsToPush(ImageReference reference)
    {
        ImageTable table = _images.Table;
        List<ImageReference> tags = table.Names.Keys
            .Where(n => n.Tag is not null && n.Repository == reference.Repository)
            .OrderBy(n => n.Tag, StringComparer.Ordinal).ToList();
        if (tags.Count == 0)
        {
            throw ImageErrors.NothingToPush(reference);
        }

        return reference.Tag is null ? tags : tags.Contains(reference) ? [reference] : throw ImageErrors.NoSuchTag(reference);
    }

    private static ImageReference PushReference(string name, string? tag)
    {
        try
        {
            ImageReference reference = ImageReference.Parse(string.IsNullOrEmpty(tag) ? name : $"{name}:{tag}");
            return reference.Digest is null ? reference : throw ImageErrors.PushByDigest();
        }
        catch (FormatException e)
        {
            throw ImageErrors.InvalidReference(e);
        }
    }
}
