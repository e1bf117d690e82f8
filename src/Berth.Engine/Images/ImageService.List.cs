using Berth.Api;
using Berth.Api.Images;
using Berth.Oci;

namespace Berth.Engine.Images;

/// <summary><c>docker images</c>. moby 28: daemon/images/images.go.</summary>
public sealed partial class ImageService
{
    /// <param name="sharedSize">Whether to compute what an image's layers share with others'.</param>
    public Task<IReadOnlyList<ImageSummary>> ListAsync(bool all, bool sharedSize, bool manifests, Filters filters, CancellationToken ct)
    {
        filters.Accept("dangling", "label", "before", "since", "reference", "until");
        ImageTable table = _images.Table;
        var listing = new ImageListing(filters, table, Find, CreatedOf, _time.GetUtcNow());
        Dictionary<Digest, int>? shares = sharedSize ? CountLayers(table) : null;
        var summaries = new List<(DateTimeOffset Created, ImageSummary Summary)>();
        foreach (ImageRecord image in table.Images.Values)
        {
            ct.ThrowIfCancellationRequested();
            if (TryConfig(image) is { } config && listing.Includes(image, config.Config))
            {
                summaries.Add((CreatedOf(image), Summarize(image, config, listing.NamesOf(image), shares, manifests)));
            }
        }

        return Task.FromResult<IReadOnlyList<ImageSummary>>(
            summaries.OrderByDescending(s => s.Created).ThenBy(s => s.Summary.Id, StringComparer.Ordinal).Select(s => s.Summary).ToList());
    }

    private ImageSummary Summarize(
        ImageRecord image, ResolvedConfig config, IReadOnlyList<ImageReference> names, Dictionary<Digest, int>? shares, bool manifests) =>
        new()
        {
            Id = image.Id.ToString(),
            RepoTags = names.Where(n => n.Tag is not null).Select(n => n.Familiar).ToList(),
            RepoDigests = names.Where(n => n.Digest is not null).Select(n => n.Familiar).ToList(),
            Created = Timestamps.TryParse(config.Config.Created)?.ToUnixTimeSeconds() ?? 0,
            Size = SizeOf(image),
            SharedSize = shares is null ? -1 : config.ChainIds.Where(c => shares[c] > 1).Sum(_snapshotter.SizeOf),
            Labels = config.Config.Config?.Labels,
            Containers = ContainersOf(image.Id).Count,
            Descriptor = Descriptors.ToApi(image.Target),
            Manifests = manifests ? Manifests(image) : null,
        };

    /// <summary>What the image takes: its blobs as they came, and its layers unpacked. API 1.56, ImageInspect.Size.</summary>
    private long SizeOf(ImageRecord image) => image.Platforms.Sum(p => ContentSizeOf(p) + UnpackedSizeOf(p))
        + (MediaTypes.IsIndex(image.Target.MediaType) ? image.Target.Size : 0);

    private long ContentSizeOf(PlatformRecord platform)
    {
        ImageManifest manifest = _documents.Manifest(platform.Manifest.Digest);
        return platform.Manifest.Size + (manifest.Config?.Size ?? 0) + manifest.Layers.Sum(l => l.Size);
    }

    private long UnpackedSizeOf(PlatformRecord platform) => _documents.Config(platform.ConfigDigest).ChainIds.Sum(_snapshotter.SizeOf);

    private Dictionary<Digest, int> CountLayers(ImageTable table)
    {
        var counts = new Dictionary<Digest, int>();
        foreach (ImageRecord image in table.Images.Values)
        {
            foreach (Digest chainId in TryConfig(image)?.ChainIds ?? [])
            {
                counts[chainId] = counts.GetValueOrDefault(chainId) + 1;
            }
        }

        return counts;
    }

    private List<ImageManifestSummary> Manifests(ImageRecord image) => image.Platforms.Select(p => new ImageManifestSummary
    {
        ID = p.Manifest.Digest.ToString(),
        Descriptor = Descriptors.ToApi(p.Manifest),
        Available = true,
        Kind = "image",
        Size = new ImageManifestSummarySize { Content = ContentSizeOf(p), Total = ContentSizeOf(p) + UnpackedSizeOf(p) },
        ImageData = new ImageManifestSummaryImageData
        {
            Platform = Descriptors.ToApi(p.Platform),
            Containers = ContainersOf(image.Id).Select(c => c.Id).ToList(),
            Size = new ImageManifestSummaryImageDataSize { Unpacked = UnpackedSizeOf(p) },
        },
    }).ToList();

    private DateTimeOffset CreatedOf(ImageRecord image) =>
        Timestamps.TryParse(TryConfig(image)?.Config.Created) ?? DateTimeOffset.UnixEpoch;

    /// <summary>The config of the platform that a container would get; null, and a line in the log, where it is damaged.</summary>
    private ResolvedConfig? TryConfig(ImageRecord image)
    {
        try
        {
            PlatformRecord platform = Choose(image, image.Id.ToString(), null);
            _documents.Manifest(platform.Manifest.Digest);
            return _documents.Config(platform.ConfigDigest);
        }
        catch (Exception e) when (e is InvalidDataException or FileNotFoundException)
        {
            Log.DamagedImage(_logger, image.Id, e);
            return null;
        }
    }
}
