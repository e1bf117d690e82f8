using System.Text.RegularExpressions;

namespace Berth.Cli.Images;

/// <summary>An image's name as users write it: <c>[domain/]path[:tag][@digest]</c>.</summary>
/// <remarks>Source: github.com/distribution/reference, normalize.go and regexp.go.</remarks>
internal sealed partial record ImageName
{
    public const string DefaultTag = "latest";
    private const string DefaultDomain = "docker.io";
    private const string OfficialPrefix = "library/";

    public required string Domain { get; init; }

    public required string Path { get; init; }

    public string? Tag { get; init; }

    public string? Digest { get; init; }

    /// <summary>With domain and path in full: <c>docker.io/library/busybox</c>.</summary>
    public string FullName => $"{Domain}/{Path}";

    /// <summary>As users write it: <c>busybox</c>.</summary>
    public string FamiliarName => Domain != DefaultDomain ? FullName
        : Path.StartsWith(OfficialPrefix, StringComparison.Ordinal) ? Path[OfficialPrefix.Length..]
        : Path;

    public string Familiar => FamiliarName + Suffix;

    public string Full => FullName + Suffix;

    private string Suffix => (Tag is null ? "" : $":{Tag}") + (Digest is null ? "" : $"@{Digest}");

    public ImageName WithDefaultTag() => Tag is null && Digest is null ? this with { Tag = DefaultTag } : this;

    /// <exception cref="FormatException">It is no name; the message is Docker's.</exception>
    public static ImageName Parse(string text)
    {
        if (text.Length == 64 && text.All(char.IsAsciiHexDigitLower))
        {
            throw new FormatException($"invalid repository name ({text}), cannot specify 64-byte hexadecimal strings");
        }

        string rest = text;
        string domain = DefaultDomain;
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash > 0 && IsDomain(text[..slash]))
        {
            domain = text[..slash] == "index.docker.io" ? DefaultDomain : text[..slash];
            rest = text[(slash + 1)..];
        }

        Match match = NameTagDigest().Match(rest);
        if (!match.Success)
        {
            throw new FormatException(NameTagDigest().IsMatch(rest.ToLowerInvariant()) && rest.Split(':', '@')[0].Any(char.IsUpper)
                ? $"invalid reference format: repository name ({(domain == DefaultDomain && !rest.Contains('/', StringComparison.Ordinal) ? OfficialPrefix : "")}{rest.Split(':', '@')[0]}) must be lowercase"
                : "invalid reference format");
        }

        string path = match.Groups["path"].Value;
        return new ImageName
        {
            Domain = domain,
            Path = domain == DefaultDomain && !path.Contains('/', StringComparison.Ordinal) ? OfficialPrefix + path : path,
            Tag = match.Groups["tag"] is { Success: true, Value: var tag } ? tag : null,
            Digest = match.Groups["digest"] is { Success: true, Value: var digest } ? digest : null,
        };
    }

    public static bool TryParse(string text, out ImageName? name)
    {
        try
        {
            name = Parse(text);
            return true;
        }
        catch (FormatException)
        {
            name = null;
            return false;
        }
    }

    private static bool IsDomain(string word) => word == "localhost" || word.AsSpan().IndexOfAny(".:") >= 0 || word.Any(char.IsUpper);

    [GeneratedRegex(@"^(?<path>[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*)(?::(?<tag>[\w][\w.-]{0,127}))?(?:@(?<digest>[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}))?$")]
    private static partial Regex NameTagDigest();
}
