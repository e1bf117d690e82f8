using System.Globalization;
using System.Text;

namespace Berth.Cli.Containers;

/// <summary><c>key=value</c> words of flags and files.</summary>
/// <remarks>Source: docker/cli 28, opts/file.go, opts/env.go, opts/parse.go.</remarks>
internal static class KeyValues
{
    /// <summary>A variable without a value takes ours; where we have none, it is sent bare and the daemon takes it away.</summary>
    public static string Variable(string text)
    {
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        if (equals == 0 || text.Length == 0)
        {
            throw new FormatException($"invalid environment variable: {text}");
        }

        return equals < 0 && Environment.GetEnvironmentVariable(text) is { } value ? $"{text}={value}" : text;
    }

    public static string Label(string text) => text.Split('=')[0].Trim().Length > 0 || text.Length == 0
        ? text.Length == 0 ? throw new FormatException("invalid label '': empty name") : text
        : throw new FormatException($"invalid label '{text}': empty name");

    public static Dictionary<string, string> ToMap(IEnumerable<string> pairs)
    {
        var map = new Dictionary<string, string>();
        foreach (string pair in pairs)
        {
            int equals = pair.IndexOf('=', StringComparison.Ordinal);
            map[equals < 0 ? pair : pair[..equals]] = equals < 0 ? "" : pair[(equals + 1)..];
        }

        return map;
    }

    /// <summary>The files' lines first, so that the flags win.</summary>
    public static IReadOnlyList<string> ReadVariables(IReadOnlyList<string> files, IReadOnlyList<string> variables) =>
        [.. files.SelectMany(file => ReadFile(file, OwnVariable)), .. variables];

    public static IReadOnlyList<string> ReadLabels(IReadOnlyList<string> files, IReadOnlyList<string> labels) =>
        [.. files.SelectMany(file => ReadFile(file, name => name)), .. labels];

    // A name alone in a file is left out where we do not have it either.
    private static string? OwnVariable(string name) => Environment.GetEnvironmentVariable(name) is { } value ? $"{name}={value}" : null;

    private static List<string> ReadFile(string path, Func<string, string?> bareName)
    {
        if (!File.Exists(path))
        {
            throw new FormatException($"open {path}: no such file or directory");
        }

        var pairs = new List<string>();
        int number = 0;
        foreach (string raw in File.ReadLines(path, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: false)))
        {
            number++;
            if (raw.Contains('\uFFFD', StringComparison.Ordinal))
            {
                throw Invalid(path, string.Create(CultureInfo.InvariantCulture, $"invalid utf8 bytes at line {number}: {raw}"));
            }

            string line = raw.TrimStart();
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            int equals = line.IndexOf('=', StringComparison.Ordinal);
            string name = equals < 0 ? line : line[..equals];
            if (name.Length == 0)
            {
                throw Invalid(path, $"no variable name on line '{line}'");
            }

            if (name.AsSpan().IndexOfAny(" \t") >= 0)
            {
                throw Invalid(path, $"variable '{name}' contains whitespaces");
            }

            if ((equals < 0 ? bareName(name) : line) is { } pair)
            {
                pairs.Add(pair);
            }
        }

        return pairs;
    }

    private static FormatException Invalid(string path, string reason) => new($"invalid env file ({path}): {reason}");
}
