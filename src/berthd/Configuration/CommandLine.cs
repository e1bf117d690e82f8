namespace Berth.Daemon.Configuration;

/// <summary>Reads flags as pflag does: <c>--name value</c>, <c>--name=value</c>, <c>-n value</c>, <c>-nvalue</c>, <c>-Dn value</c>.</summary>
internal static class CommandLine
{
    /// <exception cref="ConfigurationException">An unknown flag, a missing or wrong value, or a word that is no flag.</exception>
    public static Settings Parse(IReadOnlyList<string> arguments)
    {
        var settings = new Settings();
        for (int i = 0; i < arguments.Count; i++)
        {
            string argument = arguments[i];
            if (argument.StartsWith("--", StringComparison.Ordinal) && argument.Length > 2)
            {
                ParseLong(settings, argument[2..], arguments, ref i);
            }
            else if (argument.StartsWith('-') && argument.Length > 1 && argument != "--")
            {
                ParseShort(settings, argument[1..], arguments, ref i);
            }
            else
            {
                throw new ConfigurationException("\"berthd\" accepts no arguments.\nSee 'berthd --help'.");
            }
        }

        return settings;
    }

    private static void ParseLong(Settings settings, string text, IReadOnlyList<string> arguments, ref int index)
    {
        int equals = text.IndexOf('=');
        string name = equals < 0 ? text : text[..equals];
        DaemonFlag flag = DaemonFlag.All.FirstOrDefault(f => f.Name == name)
            ?? throw new ConfigurationException($"unknown flag: --{name}\nSee 'berthd --help'.");
        string? value = equals >= 0 ? text[(equals + 1)..] : flag.Kind == FlagKind.Switch ? "true" : null;
        if (value is null)
        {
            value = ++index < arguments.Count ? arguments[index] : throw new ConfigurationException($"flag needs an argument: --{name}\nSee 'berthd --help'.");
        }

        Store(settings, flag, value);
    }

    private static void ParseShort(Settings settings, string letters, IReadOnlyList<string> arguments, ref int index)
    {
        for (int at = 0; at < letters.Length; at++)
        {
            char letter = letters[at];
            DaemonFlag flag = DaemonFlag.All.FirstOrDefault(f => f.Shorthand == letter)
                ?? throw new ConfigurationException($"unknown shorthand flag: '{letter}' in -{letters}\nSee 'berthd --help'.");
            string rest = letters[(at + 1)..];
            if (flag.Kind == FlagKind.Switch && !rest.StartsWith('='))
            {
                Store(settings, flag, "true");
                continue;
            }

            string value = rest.Length > 0 ? rest.StartsWith('=') ? rest[1..] : rest
                : ++index < arguments.Count ? arguments[index]
                : throw new ConfigurationException($"flag needs an argument: '{letter}' in -{letters}\nSee 'berthd --help'.");
            Store(settings, flag, value);
            return;
        }
    }

    private static void Store(Settings settings, DaemonFlag flag, string value)
    {
        switch (flag.Kind)
        {
            case FlagKind.Switch:
                settings.Set(flag.Name, value switch
                {
                    "1" or "t" or "T" or "true" or "TRUE" or "True" => "true",
                    "0" or "f" or "F" or "false" or "FALSE" or "False" => "false",
                    _ => throw new ConfigurationException(
                        $"invalid argument \"{value}\" for \"--{flag.Name}\" flag: strconv.ParseBool: parsing \"{value}\": invalid syntax\nSee 'berthd --help'."),
                });
                break;
            case FlagKind.Value:
                settings.Set(flag.Name, value);
                break;
            default:
                settings.Add(flag.Name, value);
                break;
        }
    }
}
