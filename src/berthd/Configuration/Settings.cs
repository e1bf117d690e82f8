using Berth.Engine;

namespace Berth.Daemon.Configuration;

/// <summary>What was said on the command line or in the file, by flag name, each value as the flag would have it.</summary>
internal sealed class Settings
{
    private readonly Dictionary<string, List<string>> _values = new(StringComparer.Ordinal);

    /// <summary>Runtimes with arguments, which only the file can give.</summary>
    public Dictionary<string, RuntimeOption> Runtimes { get; } = new(StringComparer.Ordinal);

    public IEnumerable<string> Names => _values.Keys;

    public void Set(string name, string value) => _values[name] = [value];

    public void Add(string name, string value)
    {
        if (!_values.TryGetValue(name, out List<string>? values))
        {
            _values[name] = values = [];
        }

        values.Add(value);
    }

    /// <summary>The name is set, even to no values.</summary>
    public void Touch(string name) => _values.TryAdd(name, []);

    public bool IsSet(string name) => _values.ContainsKey(name);

    public string? Text(string name) => _values.TryGetValue(name, out List<string>? values) && values.Count > 0 ? values[^1] : null;

    public IReadOnlyList<string> List(string name) => _values.GetValueOrDefault(name) ?? [];

    public bool Switch(string name, bool otherwise) => Text(name) is { } text ? text == "true" : otherwise;

    /// <summary>These settings and <paramref name="other"/>'s, which have no name in common but those that join.</summary>
    public Settings With(Settings other)
    {
        var joined = new Settings();
        foreach (Settings settings in (ReadOnlySpan<Settings>)[this, other])
        {
            foreach ((string name, List<string> values) in settings._values)
            {
                joined.Touch(name);
                joined._values[name].AddRange(values);
            }

            foreach ((string name, RuntimeOption runtime) in settings.Runtimes)
            {
                joined.Runtimes[name] = runtime;
            }
        }

        return joined;
    }
}

/// <summary>The daemon cannot be started as it was told to; the message is what the operator reads.</summary>
internal sealed class ConfigurationException(string message) : Exception(message)
{
    /// <summary>The message without its flag, where it speaks of one: a value may come from the file.</summary>
    public string? Reason { get; private init; }

    /// <summary>pflag's sentence.</summary>
    public static ConfigurationException InvalidArgument(string flag, string value, string reason) =>
        new($"invalid argument \"{value}\" for \"--{flag}\" flag: {reason}") { Reason = reason };
}
