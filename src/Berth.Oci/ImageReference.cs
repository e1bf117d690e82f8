using System.Text.RegularExpressions;

namespace Berth.Oci;

/// <summary>A name of an image: registry, repository and tag, digest or both.</summary>
/// <remarks>Source: distribution/reference, the grammar in reference.go and the familiar forms in normalize.go.</remarks>
public sealed partial record ImageReference
{
    public const string DefaultDomain = "docker.io";
    public const string DefaultTag = "latest";
    private const string OfficialPrefix = "library/";

    private ImageReference(string domain, string path, string? tag, Digest? digest) =>
        (Domain, Path, Tag, Digest) = (domain, path, tag, digest);

    /// <summary>Host and port of the registry, such as <c>docker.io</c> or <c>localhost:5000</c>.</summary>
    public string Domain { get; }

    /// <summary>The repository on that registry, such as <c>library/postgres</c>.</summary>
    public string Path { get; }

    public string? Tag { get; init; }

    public Digest? Digest { get; init; }

    /// <summary>Registry and repository: <c>docker.io/library/postgres</c>.</summary>
    public string Repository => $"{Domain}/{Path}";

    /// <summary>Registry and repository as people write them: <c>postgres</c>.</summary>
    public string FamiliarRepository => Domain != DefaultDomain ? Repository
        : Path.StartsWith(OfficialPrefix, StringComparison.Ordinal) && !Path.AsSpan(OfficialPrefix.Length).Contains('/')
            ? Path[OfficialPrefix.Length..] : Path;

    /// <summary>The whole name as people write it: <c>postgres:15-alpine</c>.</summary>
    public string Familiar => FamiliarRepository + Suffix;

    private string Suffix => (Tag is null ? "" : ":" + Tag) + (Digest is null ? "" : "@" + Digest);

    public override string ToString() => Repository + Suffix;

    /// <summary>The same name with <c>:latest</c> where it has neither tag nor digest.</summary>
    public ImageReference WithDefaultTag() => Tag is null && Digest is null ? this with { Tag = DefaultTag } : this;

    /// <exception cref="FormatException">The text is no reference; the message is Docker's sentence.</exception>
    public static ImageReference Parse(string text)
    {
        if (HexIdentifier().IsMatch(text))
        {
            throw new FormatException($"invalid repository name ({text}), cannot specify 64-byte hexadecimal strings");
        }

        (string domain, string remainder) = SplitDomain(text);
        if (remainder.Length == 0)
        {
            throw new FormatException("invalid reference format");
        }

        string name = remainder.Split(':', '@')[0];
        if (name.AsSpan().ContainsAnyInRange('A', 'Z'))
        {
            throw new FormatException($"invalid reference format: repository name ({name}) must be lowercase");
        }

        Match match = Grammar().Match(remainder);
        if (!match.Success || !DomainGrammar().IsMatch(domain))
        {
            throw new FormatException("invalid reference format");
        }

        Digest? digest = null;
        if (match.Groups["digest"].Success)
        {
            digest = Oci.Digest.TryParse(match.Groups["digest"].Value, out Digest parsed)
                ? parsed : throw new FormatException("invalid reference format");
        }

        string path = match.Groups["path"].Value;
        return path.Length > 255 - domain.Length - 1
            ? throw new FormatException("repository name must not be more than 255 characters")
            : new ImageReference(domain, path, match.Groups["tag"].Success ? match.Groups["tag"].Value : null, digest);
    }

    public static bool TryParse(string text, out ImageReference? reference)
    {
        try
        {
            reference = Parse(text);
            return true;
        }
        catch (FormatException)
        {
            reference = null;
            return false;
        }
    }

    private static (string Domain, string Remainder) SplitDomain(string text)
    {
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        string first = slash < 0 ? "" : text[..slash];
        bool isDomain = first.AsSpan().ContainsAny('.', ':') || first == "localhost" || first.AsSpan().ContainsAnyInRange('A', 'Z');
        (string domain, string remainder) = isDomain ? (first, text[(slash + 1)..]) : (DefaultDomain, text);
        if (domain == "index.docker.io")
        {
            domain = DefaultDomain;
        }

        if (domain == DefaultDomain && !remainder.Contains('/', StringComparison.Ordinal) && remainder.Length > 0)
        {
            remainder = OfficialPrefix + remainder;
        }

        return (domain, remainder);
    }

    [GeneratedRegex("^[a-f0-9]{64}$")]
    private static partial Regex HexIdentifier();

    [GeneratedRegex(@"^(?:(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])(?:\.(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9]))*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?$")]
    private static partial Regex DomainGrammar();

    [GeneratedRegex(@"^(?<path>[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*)(?::(?<tag>[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}))?(?:@(?<digest>[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}))?$")]
    private static partial Regex Grammar();
}
