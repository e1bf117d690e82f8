using Berth.Api.Images;
using Berth.Oci;

namespace Berth.Engine.Images;

/// <summary><c>docker rmi</c>: by name it takes the name off, and with the last name the image goes. moby 28: daemon/images/image_delete.go.</summary>
public sealed partial class ImageService
{
    /// <param name="prune">Kept for the API: images here have no parents that would go with them.</param>
    /// <exception cref="EngineException">Conflict, where a container or another name needs the image.</exception>
    public Task<IReadOnlyList<ImageDeleteItem>> RemoveAsync(string nameOrId, bool force, bool prune, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        ImageRemoval? removal = null;
        _images.Update((table, changes) =>
        {
            ImageRecord image = Find(nameOrId);
            removal = new ImageRemoval(image, table.NamesOf(image.Id), ContainersOf(image.Id));
            removal.Decide(nameOrId, IsId(image, nameOrId), force);
            foreach (ImageReference name in removal.Untagged)
            {
                changes.Unname(name);
            }

            if (removal.IsDeleted)
            {
                changes.Remove(image.Id);
            }
        });
        return Task.FromResult<IReadOnlyList<ImageDeleteItem>>(Report(removal!));
    }

    private List<ImageDeleteItem> Report(ImageRemoval removal)
    {
        Digest id = removal.Image.Id;
        var items = new List<ImageDeleteItem>();
        foreach (ImageReference name in removal.Untagged)
        {
            items.Add(new ImageDeleteItem { Untagged = name.Familiar });
            Publish("untag", id.ToString(), id.ToString(), removal.Image);
        }

        if (removal.IsDeleted)
        {
            items.Add(new ImageDeleteItem { Deleted = id.ToString() });
            Publish("delete", id.ToString(), id.ToString(), removal.Image);
            Log.ImageRemoved(_logger, id);
            _collector.Collect(CancellationToken.None);
        }

        return items;
    }

    private static bool IsId(ImageRecord image, string nameOrId)
    {
        string prefix = nameOrId.StartsWith("sha256:", StringComparison.Ordinal) ? nameOrId["sha256:".Length..] : nameOrId;
        return prefix.Length > 0 && IsHex(prefix)
            && (image.Id.Hex.StartsWith(prefix, StringComparison.Ordinal)
                || image.Platforms.Any(p => p.ConfigDigest.Hex.StartsWith(prefix, StringComparison.Ordinal)
                    || p.Manifest.Digest.Hex.StartsWith(prefix, StringComparison.Ordinal)));
    }
}
