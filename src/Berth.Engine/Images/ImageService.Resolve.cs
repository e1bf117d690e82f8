using System.Buffers;
using Berth.Oci;

namespace Berth.Engine.Images;

public sealed partial class ImageService
{
    private static readonly SearchValues<char> LowerHex = SearchValues.Create("0123456789abcdef");

    /// <summary>Finds an image by name, ID, config digest or unique prefix, unpacked and ready for a container.</summary>
    /// <exception cref="EngineException">NotFound, with Docker's "No such image: …".</exception>
    internal Task<ResolvedImage> ResolveAsync(string nameOrId, string? platform, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        ImageRecord image = Find(nameOrId);
        return Task.FromResult(Resolve(image, nameOrId, platform));
    }

    private ResolvedImage Resolve(ImageRecord image, string nameOrId, string? platform)
    {
        PlatformRecord record = Choose(image, nameOrId, platform);
        try
        {
            ResolvedConfig config = _documents.Config(record.ConfigDigest);
            return new ResolvedImage
            {
                Id = image.Id,
                Manifest = record.Manifest,
                ConfigDigest = record.ConfigDigest,
                Config = config.Config,
                ChainIds = config.ChainIds,
            };
        }
        catch (Exception e) when (e is InvalidDataException or FileNotFoundException)
        {
            throw ImageErrors.DamagedImage(image.Id, e);
        }
    }

    /// <summary>A name first, then an ID, then the beginning of one. moby 28: daemon/images/image.go, GetImage.</summary>
    private ImageRecord Find(string nameOrId)
    {
        ImageTable table = _images.Table;
        if (Digest.TryParse(nameOrId, out Digest digest))
        {
            return FindPrefix(table, digest.Hex, nameOrId);
        }

        if (nameOrId.Length == 64 && IsHex(nameOrId))
        {
            return FindPrefix(table, nameOrId, nameOrId);
        }

        ImageReference reference;
        try
        {
            reference = ImageReference.Parse(nameOrId);
        }
        catch (FormatException e)
        {
            throw ImageErrors.InvalidReference(e);
        }

        if (table.ByName(reference) is { } named)
        {
            return named;
        }

        // repository@digest also finds an image that never came by that digest, if the repository is one of its names
        if (reference.Digest is { } wanted && table.ByRemoteDigest(wanted) is { } known
            && table.NamesOf(known.Id).Any(n => n.Repository == reference.Repository))
        {
            return known;
        }

        string prefix = nameOrId.StartsWith("sha256:", StringComparison.Ordinal) ? nameOrId["sha256:".Length..] : nameOrId;
        return prefix.Length is > 0 and <= 64 && IsHex(prefix) ? FindPrefix(table, prefix, nameOrId) : throw ImageErrors.NoSuchImage(nameOrId);
    }

    private static ImageRecord FindPrefix(ImageTable table, string prefix, string nameOrId)
    {
        IReadOnlyList<ImageRecord> found = table.ByPrefix(prefix);
        return found.Count switch
        {
            1 => found[0],
            0 => throw ImageErrors.NoSuchImage(nameOrId),
            _ => PreferExact(found, prefix) ?? throw ImageErrors.AmbiguousPrefix(prefix),
        };
    }

    /// <summary>A whole digest names its image even where another image shares the config.</summary>
    private static ImageRecord? PreferExact(IReadOnlyList<ImageRecord> found, string prefix) =>
        found.FirstOrDefault(i => i.Id.Hex == prefix) ?? (prefix.Length == 64 ? found[0] : null);

    private static PlatformRecord Choose(ImageRecord image, string nameOrId, string? platform)
    {
        if (string.IsNullOrEmpty(platform))
        {
            return image.Platforms.FirstOrDefault(p => Platform.Host.Accepts(p.Platform)) ?? image.Platforms[0];
        }

        Platform wanted = ParsePlatform(platform);
        return image.Platforms.FirstOrDefault(p => wanted.Accepts(p.Platform)) ?? throw ImageErrors.NoSuchPlatform(nameOrId, platform);
    }

    private static Platform ParsePlatform(string text)
    {
        try
        {
            return Platform.Parse(text);
        }
        catch (FormatException e)
        {
            throw ImageErrors.InvalidPlatform(e);
        }
    }

    private static bool IsHex(string text) => !text.AsSpan().ContainsAnyExcept(LowerHex);
}
