using Berth.Api.Images;
using Berth.Oci;

namespace Berth.Engine.Images;

/// <summary>One image in full, and how it was made. moby 28: daemon/images/image_inspect.go, image_history.go.</summary>
public sealed partial class ImageService
{
    public Task<ImageInspect> InspectAsync(string nameOrId, string? platform, bool manifests, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        ImageRecord image = Find(nameOrId);
        ResolvedImage resolved = Resolve(image, nameOrId, platform);
        IReadOnlyList<ImageReference> names = _images.Table.NamesOf(image.Id);
        Berth.Oci.ImageConfig config = resolved.Config;
        return Task.FromResult(new ImageInspect
        {
            Id = image.Id.ToString(),
            Descriptor = Descriptors.ToApi(image.Target),
            Manifests = manifests ? Manifests(image) : null,
            RepoTags = names.Where(n => n.Tag is not null).Select(n => n.Familiar).ToList(),
            RepoDigests = names.Where(n => n.Digest is not null).Select(n => n.Familiar).ToList(),
            Comment = config.History is { Count: > 0 } history ? history[^1].Comment ?? "" : "",
            Created = config.Created,
            Author = config.Author ?? "",
            Config = RunConfigs.ToApi(config.Config),
            Architecture = config.Architecture,
            Variant = config.Variant,
            Os = config.Os,
            OsVersion = config.OsVersion,
            Size = SizeOf(image),
            GraphDriver = new DriverData { Name = _snapshotter.Name },
            RootFS = new ImageInspectRootFS { Type = "layers", Layers = config.RootFs.DiffIds.Select(d => d.ToString()).ToList() },
            Metadata = new ImageInspectMetadata { LastTagTime = LastTagTime(image.Id) },
        });
    }

    public Task<IReadOnlyList<ImageHistoryItem>> HistoryAsync(string nameOrId, string? platform, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        ImageRecord image = Find(nameOrId);
        ResolvedImage resolved = Resolve(image, nameOrId, platform);
        var items = new List<ImageHistoryItem>();
        int layer = 0;
        foreach (HistoryEntry entry in resolved.Config.History ?? [])
        {
            // a config may claim more layers than it has
            bool hasLayer = !entry.EmptyLayer && layer < resolved.ChainIds.Count;
            items.Add(new ImageHistoryItem
            {
                Id = "<missing>",
                Created = Timestamps.TryParse(entry.Created)?.ToUnixTimeSeconds() ?? 0,
                CreatedBy = entry.CreatedBy ?? "",
                Size = hasLayer ? _snapshotter.SizeOf(resolved.ChainIds[layer++]) : 0,
                Comment = entry.Comment ?? "",
            });
        }

        items.Reverse();
        if (items.Count > 0)
        {
            List<string> tags = _images.Table.NamesOf(image.Id).Where(n => n.Tag is not null).Select(n => n.Familiar).ToList();
            items[0] = items[0] with { Id = image.Id.ToString(), Tags = tags.Count > 0 ? tags : null };
        }

        return Task.FromResult<IReadOnlyList<ImageHistoryItem>>(items);
    }

    private string LastTagTime(Digest image) => _images.Table.Names.Values.Where(n => n.Image == image).Select(n => n.Tagged)
        .DefaultIfEmpty("0001-01-01T00:00:00Z").Max(StringComparer.Ordinal)!;
}
