using System.Collections;
using System.Globalization;

namespace Berth.Cli.Templates;

/// <summary>A function was given too many arguments or too few.</summary>
internal sealed class ArgumentCountException : Exception
{
    public ArgumentCountException(string message) : base(message)
    {
    }
}

/// <summary>The functions of a template: Go's own and Docker's.</summary>
/// <remarks>Sources: Go's text/template, funcs.go; docker/cli 28, templates/templates.go.</remarks>
internal static class TemplateFunctions
{
    // Least and most arguments; -1 for no limit.
    private static readonly Dictionary<string, (int Least, int Most)> s_counts = new(StringComparer.Ordinal)
    {
        ["and"] = (1, -1), ["or"] = (1, -1), ["not"] = (1, 1), ["len"] = (1, 1), ["index"] = (1, -1), ["slice"] = (1, 4),
        ["print"] = (0, -1), ["println"] = (0, -1), ["printf"] = (1, -1), ["html"] = (0, -1), ["js"] = (0, -1), ["urlquery"] = (0, -1),
        ["eq"] = (1, -1), ["ne"] = (2, 2), ["lt"] = (2, 2), ["le"] = (2, 2), ["gt"] = (2, 2), ["ge"] = (2, 2),
        ["json"] = (1, 1), ["split"] = (2, 2), ["join"] = (2, 2), ["title"] = (1, 1), ["lower"] = (1, 1), ["upper"] = (1, 1),
        ["pad"] = (3, 3), ["truncate"] = (2, 2),
    };

    public static bool Exists(string name) => s_counts.ContainsKey(name);

    /// <exception cref="ArgumentCountException">Too many arguments or too few.</exception>
    public static void CheckCount(string name, int count)
    {
        (int least, int most) = s_counts[name];
        if (count < least || (most >= 0 && count > most))
        {
            throw new ArgumentCountException(most == least ? $"want {least} got {count}" : $"want at least {least} got {count}");
        }
    }

    /// <summary>Go's type of a parameter, where the function has one; null where it takes anything.</summary>
    public static string? WantedKind(string name, int index) => (name, index) switch
    {
        ("title" or "lower" or "upper" or "split" or "printf", 0) or ("split" or "join", 1) or ("pad" or "truncate", 0) => "string",
        ("join", 0) => "[]string",
        ("pad", 1 or 2) or ("truncate", 1) => "int",
        _ => null,
    };

    /// <exception cref="FormatException">They are of the wrong kind; the message says how.</exception>
    public static object? Call(string name, IReadOnlyList<object?> arguments, bool isHeader)
    {
        // A header's titles stay as they are: docker/cli, templates.HeaderFunctions.
        return isHeader && name is ("json" or "title" or "lower" or "upper" or "pad" or "truncate" or "split" or "join")
            ? arguments[0]
            : Plain(name, arguments);
    }

    private static object? Plain(string name, IReadOnlyList<object?> arguments) => name switch
    {
        "not" => !IsTrue(arguments[0]),
        "len" => Length(arguments[0]),
        "index" => Index(arguments),
        "slice" => Slice(arguments),
        "print" => PrintAll(arguments),
        "println" => string.Join(' ', arguments.Select(TemplateText.Print)) + "\n",
        "printf" => GoPrintf.Format(TextOf(arguments[0]), arguments.Skip(1).ToList()),
        "html" => System.Net.WebUtility.HtmlEncode(PrintAll(arguments)),
        "js" => System.Text.Encodings.Web.JavaScriptEncoder.Default.Encode(PrintAll(arguments)),
        "urlquery" => Uri.EscapeDataString(PrintAll(arguments)).Replace("%20", "+", StringComparison.Ordinal),
        "eq" => arguments.Skip(1).Any(other => AreEqual(arguments[0], other)),
        "ne" => !AreEqual(arguments[0], arguments[1]),
        "lt" => Compare(arguments[0], arguments[1]) < 0,
        "le" => Compare(arguments[0], arguments[1]) <= 0,
        "gt" => Compare(arguments[0], arguments[1]) > 0,
        "ge" => Compare(arguments[0], arguments[1]) >= 0,
        "json" => TemplateText.Json(arguments[0]),
        "split" => Split(TextOf(arguments[0]), TextOf(arguments[1])),
        "join" => string.Join(TextOf(arguments[1]), ItemsOf(arguments[0]).Select(TextOf)),
        "title" => Title(TextOf(arguments[0])),
        "lower" => TextOf(arguments[0]).ToLowerInvariant(),
        "upper" => TextOf(arguments[0]).ToUpperInvariant(),
        "pad" => Pad(TextOf(arguments[0]), NumberOf(arguments[1]), NumberOf(arguments[2])),
        "truncate" => Truncate(TextOf(arguments[0]), NumberOf(arguments[1])),
        _ => throw new FormatException($"function {name} is unknown"),
    };

    public static bool IsTrue(object? value) => value switch
    {
        null or JsonNull => false,
        bool truth => truth,
        string text => text.Length > 0,
        long number => number != 0,
        ulong number => number != 0,
        double number => number != 0,
        // A struct is always true, a map or list where it holds something.
        JsonValue json => (!json.IsArray && !json.IsMap) || json.Count > 0,
        ICollection items => items.Count > 0,
        _ => true,
    };

    private static long Length(object? value) => value switch
    {
        string text => System.Text.Encoding.UTF8.GetByteCount(text),
        JsonValue json => json.Count,
        ICollection items => items.Count,
        JsonNull nothing when nothing != JsonNull.Pointer => 0,
        null or JsonNull => throw new FormatException("len of nil pointer"),
        _ => throw new FormatException($"len of type {TemplateText.TypeName(value)}"),
    };

    private static object? Index(IReadOnlyList<object?> arguments)
    {
        object? value = arguments[0];
        foreach (object? key in arguments.Skip(1))
        {
            value = Index(value, key);
        }

        return value;
    }

    private static object? Index(object? value, object? key)
    {
        switch (value)
        {
            case null:
                throw new FormatException("index of untyped nil");
            case JsonNull when key is long at:
                throw OutOfRange(at);
            case JsonNull:
                return null;
            case JsonValue { IsArray: false } json:
                return key is string name
                    ? json.TryGet(name, out object? member) ? member : EmptyOf(json)
                    : throw new FormatException($"value has type {TemplateText.TypeName(key)}; should be string");
            case string text when key is long at:
                return at < 0 || at >= text.Length ? throw OutOfRange(at) : (long)text[(int)at];
            case JsonValue or IList when key is long at:
                IReadOnlyList<object?> items = ItemsOf(value);
                return at < 0 || at >= items.Count ? throw OutOfRange(at) : items[(int)at];
            case JsonValue or IList or string:
                throw new FormatException($"cannot index slice/array with type {TemplateText.TypeName(key)}");
            default:
                throw new FormatException($"can't index item of type {TemplateText.TypeName(value)}");
        }
    }

    // The zero value of a map whose values are text is empty text.
    private static string? EmptyOf(JsonValue map) =>
        map.IsMap && map.Members.Select(member => member.Value).FirstOrDefault() is string ? "" : null;

    private static FormatException OutOfRange(long at) => new(string.Create(CultureInfo.InvariantCulture, $"index out of range: {at}"));

    private static object Slice(IReadOnlyList<object?> arguments)
    {
        int count = arguments[0] is string text ? text.Length : ItemsOf(arguments[0]).Count;
        int start = arguments.Count > 1 ? (int)NumberOf(arguments[1]) : 0;
        int end = arguments.Count > 2 ? (int)NumberOf(arguments[2]) : count;
        if (start < 0 || start > count || end < 0 || end > count)
        {
            throw OutOfRange(start < 0 || start > count ? start : end);
        }

        if (start > end)
        {
            throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"invalid slice index: {start} > {end}"));
        }

        object slice = arguments[0] is string whole ? whole[start..end] : ItemsOf(arguments[0]).Skip(start).Take(end - start).ToList();
        return slice;
    }

    // fmt.Sprint puts a space between operands where neither is a string.
    private static string PrintAll(IReadOnlyList<object?> arguments)
    {
        var text = new System.Text.StringBuilder();
        for (int i = 0; i < arguments.Count; i++)
        {
            if (i > 0 && arguments[i] is not string && arguments[i - 1] is not string)
            {
                text.Append(' ');
            }

            text.Append(TemplateText.Print(arguments[i]));
        }

        return text.ToString();
    }

    private static bool AreEqual(object? left, object? right)
    {
        if (left is null or JsonNull || right is null or JsonNull)
        {
            return left is null or JsonNull && right is null or JsonNull;
        }

        if (IsInteger(left) && IsInteger(right))
        {
            return ToWide(left) == ToWide(right);
        }

        return left.GetType() == right.GetType()
            ? left is string or bool or double ? left.Equals(right) : throw new FormatException($"non-comparable type {TemplateText.Print(left)}: {TemplateText.TypeName(left)}")
            : throw new FormatException("incompatible types for comparison");
    }

    private static int Compare(object? left, object? right) => (left, right) switch
    {
        (string a, string b) => string.CompareOrdinal(a, b),
        (double a, double b) => a.CompareTo(b),
        (bool, bool) => throw new FormatException("invalid type for comparison"),
        _ when IsInteger(left) && IsInteger(right) => ToWide(left).CompareTo(ToWide(right)),
        _ => throw new FormatException("incompatible types for comparison"),
    };

    private static bool IsInteger(object? value) => value is long or ulong;

    private static Int128 ToWide(object? value) => value is long number ? number : value is ulong unsigned ? unsigned : 0;

    private static IReadOnlyList<object?> ItemsOf(object? value) => value switch
    {
        JsonValue { IsArray: true } json => json.Items.ToList(),
        IReadOnlyList<object?> items => items,
        IEnumerable items and not string => items.Cast<object?>().ToList(),
        null or JsonNull => [],
        _ => throw new FormatException($"wrong type for value; expected []string; got {TemplateText.TypeName(value)}"),
    };

    private static string TextOf(object? value) => value as string
        ?? throw new FormatException($"wrong type for value; expected string; got {TemplateText.TypeName(value)}");

    private static long NumberOf(object? value) => value is long number
        ? number
        : throw new FormatException($"wrong type for value; expected int; got {TemplateText.TypeName(value)}");

    private static List<object?> Split(string text, string separator) => separator.Length == 0
        ? [.. text.EnumerateRunes().Select(rune => rune.ToString())]
        : [.. text.Split(separator)];

    private static string Title(string text)
    {
        char[] letters = text.ToCharArray();
        for (int i = 0; i < letters.Length; i++)
        {
            if (i == 0 || !(char.IsLetterOrDigit(letters[i - 1]) || letters[i - 1] is '_' or '\''))
            {
                letters[i] = char.ToUpperInvariant(letters[i]);
            }
        }

        return new string(letters);
    }

    private static string Pad(string text, long before, long after) =>
        text.Length == 0 ? text : new string(' ', (int)before) + text + new string(' ', (int)after);

    private static string Truncate(string text, long length) => text.Length < length ? text : text[..(int)length];
}
