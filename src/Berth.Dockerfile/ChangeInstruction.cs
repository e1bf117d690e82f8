using System.Text.Json;

namespace Berth.Dockerfile;

/// <summary>One of the instructions that change a config without a build: <c>docker commit --change</c>, <c>docker import --change</c>.</summary>
/// <remarks>Source: moby 28, builder/dockerfile/builder.go, BuildFromConfig; BuildKit, frontend/dockerfile/instructions/parse.go.</remarks>
public sealed record ChangeInstruction
{
    private static readonly string[] Known =
        ["cmd", "entrypoint", "healthcheck", "env", "expose", "label", "onbuild", "stopsignal", "user", "volume", "workdir"];

    private static readonly string[] Buildable = ["add", "arg", "copy", "from", "maintainer", "run", "shell"];

    /// <summary>In lower case.</summary>
    public required string Keyword { get; init; }

    /// <summary>All behind the keyword and its flags.</summary>
    public required string Rest { get; init; }

    /// <summary>The elements where <see cref="Rest"/> is a JSON array of strings; null for the shell form.</summary>
    public IReadOnlyList<string>? Json { get; init; }

    /// <summary><c>--name=value</c> in front.</summary>
    public IReadOnlyDictionary<string, string> Flags { get; init; } = new Dictionary<string, string>();

    /// <summary>The words behind the keyword, quotes and escapes still in them.</summary>
    public IReadOnlyList<string> Words => Json ?? ShellWords.Split(Rest);

    /// <summary>Reads instructions, a line each; comments and empty lines are passed over.</summary>
    /// <exception cref="SyntaxException">One is none, or none that may be used here.</exception>
    public static IReadOnlyList<ChangeInstruction> ParseAll(IEnumerable<string> changes)
    {
        var instructions = new List<ChangeInstruction>();
        int number = 0;
        foreach (string line in Join(string.Join('\n', changes)))
        {
            number++;
            string text = line.Trim();
            if (text.Length > 0 && text[0] != '#')
            {
                instructions.Add(Parse(text, number));
            }
        }

        return instructions;
    }

    /// <summary>Names and values of ENV and LABEL: <c>a=b "c d"=e</c>, or the old form of one name and the rest of the line.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Pairs()
    {
        IReadOnlyList<string> words = ShellWords.Split(Rest);
        string keyword = Keyword.ToUpperInvariant();
        if (words.Count == 0)
        {
            throw new SyntaxException($"{keyword} requires at least one argument");
        }

        if (!words[0].Contains('=', StringComparison.Ordinal))
        {
            return words.Count < 2
                ? throw new SyntaxException($"{keyword} must have two arguments")
                : [new(words[0], Rest[(Rest.IndexOf(words[0], StringComparison.Ordinal) + words[0].Length)..].Trim())];
        }

        return words.Select(word =>
        {
            int equals = word.IndexOf('=', StringComparison.Ordinal);
            return equals switch
            {
                < 0 => throw new SyntaxException($"Syntax error - can't find = in \"{word}\". Must be of the form: name=value"),
                0 => throw new SyntaxException($"{keyword} names can not be blank"),
                _ => KeyValuePair.Create(word[..equals], word[(equals + 1)..]),
            };
        }).ToList();
    }

    private static ChangeInstruction Parse(string text, int number)
    {
        int end = text.AsSpan().IndexOfAny(' ', '\t');
        string word = end < 0 ? text : text[..end];
        string keyword = word.ToLowerInvariant();
        if (!Known.Contains(keyword))
        {
            throw new SyntaxException(Buildable.Contains(keyword)
                ? $"{keyword} is not a valid change command"
                : $"dockerfile parse error on line {number}: unknown instruction: {word}");
        }

        string rest = end < 0 ? "" : text[end..].Trim();
        (Dictionary<string, string> flags, rest) = keyword == "healthcheck" ? TakeFlags(rest) : ([], rest);
        return new ChangeInstruction { Keyword = keyword, Rest = rest, Flags = flags, Json = TryJson(rest) };
    }

    private static (Dictionary<string, string> Flags, string Behind) TakeFlags(string rest)
    {
        var flags = new Dictionary<string, string>(StringComparer.Ordinal);
        while (rest.StartsWith("--", StringComparison.Ordinal))
        {
            int end = rest.AsSpan().IndexOfAny(' ', '\t');
            string flag = end < 0 ? rest : rest[..end];
            int equals = flag.IndexOf('=', StringComparison.Ordinal);
            if (equals < 0)
            {
                throw new SyntaxException($"missing a value on flag: {flag[2..]}");
            }

            if (!flags.TryAdd(flag[2..equals], flag[(equals + 1)..]))
            {
                throw new SyntaxException($"duplicate flag specified: {flag[2..equals]}");
            }

            rest = end < 0 ? "" : rest[end..].TrimStart();
        }

        return (flags, rest);
    }

    /// <summary>An array of anything but strings is the shell form that happens to begin with a bracket.</summary>
    public static IReadOnlyList<string>? TryJson(string rest)
    {
        if (!rest.StartsWith('['))
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(rest);
            return document.RootElement.EnumerateArray().All(e => e.ValueKind == JsonValueKind.String)
                ? document.RootElement.EnumerateArray().Select(e => e.GetString()!).ToList() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Lines, those that end in a backslash joined with the next.</summary>
    private static IEnumerable<string> Join(string text)
    {
        string pending = "";
        foreach (string line in text.Split('\n'))
        {
            string trimmed = line.TrimEnd();
            if (trimmed.EndsWith('\\'))
            {
                pending += trimmed[..^1];
                continue;
            }

            yield return pending + line;
            pending = "";
        }

        if (pending.Length > 0)
        {
            yield return pending;
        }
    }
}
