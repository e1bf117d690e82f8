using Berth.Oci;

namespace Berth.Engine.Images;

/// <summary>Decides what the removal of an image by name or ID takes away, or who is in the way.</summary>
internal sealed class ImageRemoval(ImageRecord image, IReadOnlyList<ImageReference> names, IReadOnlyList<(string Id, bool Running)> containers)
{
    private readonly List<ImageReference> _untagged = [];

    public ImageRecord Image => image;
    public IReadOnlyList<ImageReference> Untagged => _untagged;
    public bool IsDeleted { get; private set; }

    /// <exception cref="EngineException">Conflict.</exception>
    public void Decide(string nameOrId, bool isId, bool force)
    {
        if (isId)
        {
            // an ID stands for the image's only name, but does not choose among several
            bool mayUntag = IsSingle(names) || names.Count == 0;
            if (Conflict(mayUntag ? 0 : names.Count, force) is { } conflict)
            {
                throw conflict;
            }

            _untagged.AddRange(names);
            IsDeleted = true;
            return;
        }

        DecideByName(nameOrId, force);
    }

    private void DecideByName(string text, bool force)
    {
        if (!force && IsSingle(names) && containers.Count > 0)
        {
            throw ImageErrors.NameInUse(text, containers[0].Id, image.Id);
        }

        ImageReference name = ImageReference.Parse(text);
        name = name.Digest is null ? name.WithDefaultTag() : name with { Tag = null };
        _untagged.Add(name);
        if (name.Digest is null && !names.Any(n => n.Tag is not null && n != name && n.Repository == name.Repository))
        {
            // with the last tag of a repository its digests go too
            _untagged.AddRange(names.Where(n => n.Digest is not null && n.Repository == name.Repository));
        }

        // a running container keeps the image, now without a name
        IsDeleted = names.All(_untagged.Contains) && Conflict(0, force) is null;
    }

    private EngineException? Conflict(int otherNames, bool force)
    {
        if (containers.FirstOrDefault(c => c.Running) is { Id: { } running })
        {
            return ImageErrors.DeleteConflict(image.Id, "cannot be forced", $"image is being used by running container {Short(running)}");
        }

        if (force)
        {
            return null;
        }

        if (otherNames > 1)
        {
            return ImageErrors.DeleteConflict(image.Id, "must be forced", "image is referenced in multiple repositories");
        }

        return containers.Count > 0
            ? ImageErrors.DeleteConflict(image.Id, "must be forced", $"image is being used by stopped container {Short(containers[0].Id)}") : null;
    }

    /// <summary>One tag, with digests of the same repository only. moby: isSingleReference.</summary>
    private static bool IsSingle(IReadOnlyList<ImageReference> names)
    {
        if (names.Count <= 1)
        {
            return names.Count == 1;
        }

        return names.Count(n => n.Tag is not null) <= 1 && names.Select(n => n.Repository).Distinct(StringComparer.Ordinal).Count() == 1;
    }

    private static string Short(string containerId) => containerId.Length > 12 ? containerId[..12] : containerId;
}
