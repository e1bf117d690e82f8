using System.Collections.Immutable;
using System.Text.Json;
using Berth.Oci;

namespace Berth.Engine.Images;

/// <summary>All images and names of one moment.</summary>
internal sealed class ImageTable
{
    private ImageTable(ImmutableDictionary<Digest, ImageRecord> images, ImmutableDictionary<ImageReference, ImageNameRecord> names) =>
        (Images, Names) = (images, names);

    public static ImageTable Empty { get; } =
        new(ImmutableDictionary<Digest, ImageRecord>.Empty, ImmutableDictionary<ImageReference, ImageNameRecord>.Empty);

    public ImmutableDictionary<Digest, ImageRecord> Images { get; }

    /// <summary>By full reference, with a tag or a digest, never both.</summary>
    public ImmutableDictionary<ImageReference, ImageNameRecord> Names { get; }

    public ImageRecord? ByName(ImageReference name)
    {
        // a digest says more than the tag beside it
        ImageReference key = name.Digest is null ? name.WithDefaultTag() : name with { Tag = null };
        return Names.TryGetValue(key, out ImageNameRecord? record) ? Images.GetValueOrDefault(record.Image) : null;
    }

    /// <summary>Names of an image, tags first, in order.</summary>
    public IReadOnlyList<ImageReference> NamesOf(Digest image) => Names.Where(n => n.Value.Image == image).Select(n => n.Key)
        .OrderBy(n => n.Digest is not null).ThenBy(n => n.ToString(), StringComparer.Ordinal).ToList();

    /// <summary>Images whose ID, or a config of which, begins with <paramref name="prefix"/>, hex digits without the algorithm.</summary>
    public IReadOnlyList<ImageRecord> ByPrefix(string prefix) => Images.Values
        .Where(i => i.Id.Hex.StartsWith(prefix, StringComparison.Ordinal)
            || i.Platforms.Any(p => p.ConfigDigest.Hex.StartsWith(prefix, StringComparison.Ordinal)
                || p.Manifest.Digest.Hex.StartsWith(prefix, StringComparison.Ordinal)))
        .ToList();

    /// <summary>The image here that a registry's manifest is another form of: the same, or what a push made of it.</summary>
    public ImageRecord? ByRemoteDigest(Digest digest) => Images.GetValueOrDefault(digest)
        ?? Images.Values.FirstOrDefault(i => i.Pushed.Any(p => p.Manifest.Digest == digest));

    public ImageTable With(ImageTableChanges changes)
    {
        ImmutableDictionary<Digest, ImageRecord>.Builder images = Images.ToBuilder();
        ImmutableDictionary<ImageReference, ImageNameRecord>.Builder names = Names.ToBuilder();
        foreach ((Digest id, ImageRecord? record) in changes.Images)
        {
            Set(images, id, record);
        }

        foreach ((ImageReference name, ImageNameRecord? record) in changes.Names)
        {
            Set(names, name, record);
        }

        return new ImageTable(images.ToImmutable(), names.ToImmutable());
    }

    private static void Set<TKey, TValue>(ImmutableDictionary<TKey, TValue>.Builder target, TKey key, TValue? value)
        where TKey : notnull
        where TValue : class
    {
        if (value is null)
        {
            target.Remove(key);
        }
        else
        {
            target[key] = value;
        }
    }
}

/// <summary>What changes in one step.</summary>
internal sealed class ImageTableChanges
{
    private readonly Dictionary<Digest, ImageRecord?> _images = [];
    private readonly Dictionary<ImageReference, ImageNameRecord?> _names = [];

    public IReadOnlyDictionary<Digest, ImageRecord?> Images => _images;
    public IReadOnlyDictionary<ImageReference, ImageNameRecord?> Names => _names;
    public bool IsEmpty => _images.Count == 0 && _names.Count == 0;

    public void Put(ImageRecord image) => _images[image.Id] = image;

    public void Remove(Digest image) => _images[image] = null;

    public void Name(ImageReference name, ImageNameRecord record) => _names[name] = record;

    public void Unname(ImageReference name) => _names[name] = null;

    public StateChange[] ToStateChanges() =>
    [
        .. _images.Select(i => new StateChange(StateTable.Images, i.Key.ToString(),
            i.Value is null ? null : JsonSerializer.SerializeToUtf8Bytes(i.Value, ImageJson.Default.ImageRecord))),
        .. _names.Select(n => new StateChange(StateTable.ImageNames, n.Key.ToString(),
            n.Value is null ? null : JsonSerializer.SerializeToUtf8Bytes(n.Value, ImageJson.Default.ImageNameRecord))),
    ];
}
