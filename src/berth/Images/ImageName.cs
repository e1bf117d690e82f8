namespace Berth.Cli.Images;

/// <summary>An image's name as users write it: <c>[domain/]path[:tag][@digest]</c>.</summary>
/// <remarks>Source: github.com/distribution/reference, normalize.go and regexp.go.</remarks>
internal sealed record ImageName
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

        (string path, string? tag, string? digest) = Split(rest);
        if (!IsPath(path) || (tag is not null && !IsTag(tag)) || (digest is not null && !IsDigest(digest)))
        {
            bool isOnlyUpper = path.Any(char.IsUpper) && IsPath(path.ToLowerInvariant());
            throw new FormatException(isOnlyUpper
                ? $"invalid reference format: repository name ({Qualified(domain, path)}) must be lowercase"
                : "invalid reference format");
        }

        return new ImageName { Domain = domain, Path = Qualified(domain, path), Tag = tag, Digest = digest };
    }

    private static string Qualified(string domain, string path) =>
        domain == DefaultDomain && !path.Contains('/', StringComparison.Ordinal) ? OfficialPrefix + path : path;

    private static (string Path, string? Tag, string? Digest) Split(string text)
    {
        int at = text.IndexOf('@', StringComparison.Ordinal);
        string name = at < 0 ? text : text[..at];
        int colon = name.IndexOf(':', StringComparison.Ordinal);
        return (colon < 0 ? name : name[..colon], colon < 0 ? null : name[(colon + 1)..], at < 0 ? null : text[(at + 1)..]);
    }

    // Components of small letters and digits, joined inside by one point, one or two underscores, or any number of dashes.
    private static bool IsPath(string path) => path.Split('/').All(IsComponent);

    private static bool IsComponent(string component)
    {
        for (int i = 0; i < component.Length;)
        {
            int start = i;
            while (i < component.Length && (char.IsAsciiLetterLower(component[i]) || char.IsAsciiDigit(component[i])))
            {
                i++;
            }

            if (i == start)
            {
                return false;
            }

            if (i == component.Length)
            {
                return true;
            }

            start = i;
            while (i < component.Length && component[i] is '.' or '_' or '-')
            {
                i++;
                if (i == component.Length)
                {
                    return false;
                }
            }

            if (component[start..i] is not ("." or "_" or "__") && component[start..i].Trim('-').Length > 0)
            {
                return false;
            }
        }

        return false;
    }

    private static bool IsTag(string tag) => tag.Length is > 0 and <= 128 && tag[0] is not ('.' or '-')
        && tag.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-');

    private static bool IsDigest(string digest)
    {
        int colon = digest.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && char.IsAsciiLetter(digest[0])
            && digest[..colon].All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '+' or '.')
            && digest.Length - colon - 1 >= 32 && digest[(colon + 1)..].All(char.IsAsciiHexDigit);
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
}
