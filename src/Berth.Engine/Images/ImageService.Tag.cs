using Berth.Oci;

namespace Berth.Engine.Images;

public sealed partial class ImageService
{
    /// <summary>Gives an image one more name; a name that another image had changes hands. moby 28: daemon/images/image_tag.go.</summary>
    public Task TagAsync(string source, string repository, string? tag, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        ImageReference name = NewName(repository, tag) ?? throw ImageErrors.InvalidReference(new FormatException("invalid reference format"));
        string now = Now;
        Digest image = default;
        _images.Update((_, changes) =>
        {
            image = Find(source).Id;
            changes.Name(name, new ImageNameRecord { Image = image, Tagged = now });
        });
        Publish("tag", image.ToString(), name.Familiar, image);
        return Task.CompletedTask;
    }
}
