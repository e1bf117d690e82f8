using System.Globalization;
using Berth.Api.Images;

namespace Berth.Cli.Images;

/// <summary>A line of <c>images</c>: an image has one for each of its names.</summary>
/// <remarks>Source: docker/cli 28, cli/command/formatter/image.go.</remarks>
internal static class ImageRow
{
    private const string None = "<none>";

    public static HeaderFields Header { get; } = new(new Dictionary<string, string>
    {
        ["ID"] = "IMAGE ID",
        ["Repository"] = "REPOSITORY",
        ["Tag"] = "TAG",
        ["Digest"] = "DIGEST",
        ["CreatedSince"] = "CREATED",
        ["CreatedAt"] = "CREATED AT",
        ["Size"] = "SIZE",
        ["Containers"] = "CONTAINERS",
        ["SharedSize"] = "SHARED SIZE",
        ["UniqueSize"] = "UNIQUE SIZE",
    });

    public static IEnumerable<RowFields> Expand(ImageSummary image, bool showsDigests, bool hasDigestColumn, bool truncate, TimeProvider clock)
    {
        RowFields row(string repository, string? tag, string? digest) => Of(image, repository, tag, digest, truncate, clock);
        var tags = Names(image.RepoTags).Where(name => name.Tag is not null).ToLookup(name => name.FamiliarName, name => name.Tag);
        var digests = Names(image.RepoDigests).Where(name => name.Digest is not null).ToLookup(name => name.FamiliarName, name => name.Digest);
        bool isNamed = false;
        foreach (IGrouping<string, string?> repository in tags)
        {
            foreach (string? tag in repository)
            {
                isNamed = true;
                if (!showsDigests || !digests.Contains(repository.Key))
                {
                    yield return row(repository.Key, tag, None);
                    continue;
                }

                foreach (string? digest in digests[repository.Key])
                {
                    yield return row(repository.Key, tag, digest);
                }
            }
        }

        foreach (IGrouping<string, string?> repository in digests.Where(repository => !tags.Contains(repository.Key)))
        {
            isNamed = true;
            foreach (string? digest in hasDigestColumn ? repository : repository.Take(1))
            {
                yield return row(repository.Key, None, hasDigestColumn ? digest : "");
            }
        }

        if (!isNamed)
        {
            yield return row(None, None, None);
        }
    }

    private static RowFields Of(ImageSummary image, string repository, string? tag, string? digest, bool truncate, TimeProvider clock) =>
        new("*formatter.imageContext",
        [
            ("Containers", () => Count(image.Containers)),
            ("CreatedAt", () => Timestamps.Display(image.Created)),
            ("CreatedSince", () => Timestamps.Ago(image.Created, clock)),
            ("Digest", () => digest),
            ("ID", () => truncate ? Shorten.Id(image.Id) : image.Id),
            ("Repository", () => repository),
            ("SharedSize", () => Size(image.SharedSize)),
            ("Size", () => Sizes.Human(image.Size, 3)),
            ("Tag", () => tag),
            ("UniqueSize", () => image.SharedSize < 0 ? "N/A" : Size(image.Size - image.SharedSize)),
            ("VirtualSize", () => Sizes.Human(image.Size)),
        ]);

    private static string Count(long count) => count < 0 ? "N/A" : count.ToString(CultureInfo.InvariantCulture);

    private static string Size(long bytes) => bytes < 0 ? "N/A" : Sizes.Human(bytes, 3);

    private static IEnumerable<ImageName> Names(IReadOnlyList<string>? names) =>
        (names ?? []).Select(text => ImageName.TryParse(text, out ImageName? name) ? name : null).OfType<ImageName>();
}
