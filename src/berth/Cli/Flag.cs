using System.Globalization;

namespace Berth.Cli;

/// <summary>A flag: its names, its line of help, and its value once parsed.</summary>
internal abstract class Flag
{
    protected Flag(string name, char? shorthand, string type, string usage)
    {
        Name = name;
        Shorthand = shorthand;
        Type = type;
        Usage = usage;
    }

    public string Name { get; }

    public char? Shorthand { get; }

    /// <summary>The word behind the name in the help; empty for a switch.</summary>
    public string Type { get; }

    public string Usage { get; }

    /// <summary>What the help says behind <c>(default …)</c>; null to say nothing.</summary>
    public string? Default { get; init; }

    public bool IsHidden { get; init; }

    /// <summary>The value that is meant where none is given; null where one must be.</summary>
    public string? NoValue { get; init; }

    public bool IsChanged { get; set; }

    /// <exception cref="FormatException">Not such a value; the message says why.</exception>
    public abstract void Set(string text);
}

/// <summary>A flag with one value; the last one given counts.</summary>
internal sealed class Flag<T> : Flag
{
    private readonly Func<string, T> _parse;

    public Flag(string name, char? shorthand, string type, string usage, T initial, Func<string, T> parse)
        : base(name, shorthand, type, usage)
    {
        Value = initial;
        _parse = parse;
    }

    public T Value { get; private set; }

    public override void Set(string text) => Value = _parse(text);
}

/// <summary>A flag that may be given often.</summary>
internal sealed class ListFlag<T> : Flag
{
    private readonly List<T> _values = [];
    private readonly Func<string, IEnumerable<T>> _parse;

    public ListFlag(string name, char? shorthand, string type, string usage, Func<string, IEnumerable<T>> parse)
        : base(name, shorthand, type, usage) => _parse = parse;

    public IReadOnlyList<T> Values => _values;

    public override void Set(string text) => _values.AddRange(_parse(text));
}

/// <summary>The kinds of flags that Docker's commands have.</summary>
internal static class FlagKinds
{
    public static Flag<bool> Switch(this FlagSet flags, string name, char? shorthand, string usage, bool initial = false, bool hidden = false) =>
        flags.Add(new Flag<bool>(name, shorthand, "", usage, initial, GoNumbers.ParseBool)
        {
            NoValue = "true",
            Default = initial ? "true" : null,
            IsHidden = hidden,
        });

    public static Flag<string> Text(this FlagSet flags, string name, char? shorthand, string usage, string initial = "", bool hidden = false) =>
        flags.Add(new Flag<string>(name, shorthand, "string", usage, initial, text => text)
        {
            Default = initial.Length == 0 ? null : GoText.Quote(initial),
            IsHidden = hidden,
        });

    public static Flag<long> Integer(this FlagSet flags, string name, char? shorthand, string usage, long initial = 0) =>
        flags.Add(new Flag<long>(name, shorthand, "int", usage, initial, text => GoNumbers.ParseInteger(text))
        {
            Default = initial == 0 ? null : initial.ToString(CultureInfo.InvariantCulture),
        });

    public static Flag<ulong> Unsigned(this FlagSet flags, string name, string type, string usage, int bits, string? defaultText = null) =>
        flags.Add(new Flag<ulong>(name, null, type, usage, 0, text => GoNumbers.ParseUnsigned(text, bits)) { Default = defaultText });

    public static Flag<long> Bytes(this FlagSet flags, string name, char? shorthand, string usage, bool minusOne = false, bool hidden = false) =>
        flags.Add(new Flag<long>(name, shorthand, "bytes", usage, 0, text => minusOne && text == "-1" ? -1 : Sizes.ParseBinary(text))
        {
            IsHidden = hidden,
        });

    public static Flag<TimeSpan> Duration(this FlagSet flags, string name, string usage) =>
        flags.Add(new Flag<TimeSpan>(name, null, "duration", usage, TimeSpan.Zero, Durations.Parse) { Default = "0s" });

    /// <summary>A list whose values are taken as they are, or checked and changed by <paramref name="check"/>.</summary>
    public static ListFlag<string> List(this FlagSet flags, string name, char? shorthand, string usage, Func<string, string>? check = null) =>
        flags.Add(new ListFlag<string>(name, shorthand, "list", usage, text => [check is null ? text : check(text)]));

    /// <summary>A list whose values may also be given in one word, separated by commas.</summary>
    public static ListFlag<string> Strings(this FlagSet flags, string name, string usage) =>
        flags.Add(new ListFlag<string>(name, null, "strings", usage, Csv.Split));

    /// <summary><c>key=value</c> pairs.</summary>
    public static ListFlag<string> Map(this FlagSet flags, string name, char? shorthand, string usage, Func<string, string>? check = null) =>
        flags.Add(new ListFlag<string>(name, shorthand, "map", usage, text => [check is null ? text : check(text)]) { Default = "map[]" });

    public static ListFlag<(string Name, string Value)> Filter(this FlagSet flags, string usage, char? shorthand = 'f') =>
        flags.Add(new ListFlag<(string, string)>("filter", shorthand, "filter", usage, text => ParseFilter(text)));

    // docker/cli 28: opts.FilterOpt.Set
    private static (string, string)[] ParseFilter(string text)
    {
        if (text.Length == 0)
        {
            return [];
        }

        int equals = text.IndexOf('=', StringComparison.Ordinal);
        return equals < 0
            ? throw new FormatException("bad format of filter (expected name=value)")
            : [(text[..equals].Trim().ToLowerInvariant(), text[(equals + 1)..].Trim())];
    }
}

/// <summary>An older name of a flag: not shown, and the same as the new one.</summary>
internal sealed class AliasFlag : Flag
{
    private readonly Flag _target;

    public AliasFlag(string name, Flag target) : base(name, null, target.Type, target.Usage)
    {
        _target = target;
        IsHidden = true;
        NoValue = target.NoValue;
    }

    public override void Set(string text)
    {
        _target.Set(text);
        _target.IsChanged = true;
    }
}
