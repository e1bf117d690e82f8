using Berth.Engine.Snapshots;
using Berth.Linux;
using Berth.Oci;
using Berth.Oci.Layers;

namespace Berth.Engine.Images;

public sealed partial class ImageService
{
    /// <summary>Makes an image of a container's writable layer on top of its image's. moby 28: daemon/images/image_commit.go.</summary>
    /// <returns>The new image's ID.</returns>
    internal async Task<string> CommitAsync(CommitRequest request, CancellationToken ct)
    {
        ImageReference? name = NewName(request.Repository, request.Tag);
        using IDisposable lease = _collector.Lease();
        try
        {
            return await MakeCommitAsync(request, name, ct).ConfigureAwait(false);
        }
        catch
        {
            // a blob without its image belongs to nothing, and goes when the lease ends
            _collector.Collect(CancellationToken.None);
            throw;
        }
    }

    private async Task<string> MakeCommitAsync(CommitRequest request, ImageReference? name, CancellationToken ct)
    {
        ResolvedImage? parent = request.ParentImageId is { } id ? Resolve(Find(id.ToString()), id.ToString(), null) : null;
        (Descriptor blob, bool isEmpty) = await StoreDiffAsync(request.ContainerId, parent?.TopChainId, ct).ConfigureAwait(false);
        ImageConfig config = Committed(request, parent?.Config, isEmpty ? null : blob.Digest);
        IReadOnlyList<Descriptor> below = parent is null ? [] : _documents.Manifest(parent.Manifest.Digest).Layers;
        PlatformRecord record = await new ImageMaker(_content).WriteAsync(config, isEmpty ? below : [.. below, blob], ct).ConfigureAwait(false);
        Add(record.Manifest, [record], name);
        string made = record.Manifest.Digest.ToString();
        Publish("create", made, made, record.Manifest.Digest);
        if (name is not null)
        {
            Publish("tag", made, name.Familiar, record.Manifest.Digest);
        }

        return made;
    }

    private async Task<(Descriptor Blob, bool IsEmpty)> StoreDiffAsync(string containerId, Digest? parent, CancellationToken ct)
    {
        await using ILayerStaging staging = _snapshotter.StageLayer(parent);
        try
        {
            (AppliedLayer applied, Descriptor blob) = await LayerFiller.MakeAsync(
                target => _snapshotter.WriteDiff(containerId, target), _content, staging.Directory, ct).ConfigureAwait(false);
            // two blocks of zeros: nothing was changed, and an image needs no layer that says so
            bool isEmpty = blob.Size <= 1024 && parent is not null;
            if (!isEmpty)
            {
                await staging.CommitAsync(ChainId.Extend(parent, blob.Digest), applied, CancellationToken.None).ConfigureAwait(false);
            }

            return (blob, isEmpty);
        }
        catch (Exception e) when (e is LayerFormatException or LinuxException or IOException)
        {
            throw ImageErrors.CannotUnpack(e);
        }
    }

    private ImageConfig Committed(CommitRequest request, ImageConfig? parent, Digest? diffId)
    {
        string created = Now;
        var history = new HistoryEntry
        {
            Created = created,
            Author = NullIfEmpty(request.Author),
            CreatedBy = request.CreatedBy,
            Comment = NullIfEmpty(request.Comment),
            EmptyLayer = diffId is null,
        };
        return new ImageConfig
        {
            Created = created,
            Author = NullIfEmpty(request.Author),
            Architecture = parent?.Architecture ?? Platform.Host.Architecture,
            Variant = parent?.Variant,
            Os = parent?.Os ?? Platform.Host.Os,
            OsVersion = parent?.OsVersion,
            OsFeatures = parent?.OsFeatures,
            Config = RunConfigs.ToImage(request.Config),
            RootFs = new RootFs { DiffIds = [.. parent?.RootFs.DiffIds ?? [], .. diffId is { } made ? (Digest[])[made] : []] },
            History = [.. parent?.History ?? [], history],
        };
    }

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
