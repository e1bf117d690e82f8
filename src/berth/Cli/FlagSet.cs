namespace Berth.Cli;

/// <summary>The flags of one command, read as pflag reads them: <c>--name=value</c>, <c>--name value</c>, <c>-abc</c>, <c>-nvalue</c>, <c>--</c>.</summary>
/// <remarks>Source of the rules and of the sentences: github.com/spf13/pflag 1.0.6, flag.go and errors.go.</remarks>
internal sealed class FlagSet
{
    private readonly Dictionary<string, Flag> _byName = new(StringComparer.Ordinal);
    private readonly Dictionary<char, Flag> _byShorthand = [];

    /// <summary>False ends the flags at the first word that is none: what follows belongs to the container.</summary>
    public bool Interspersed { get; set; } = true;

    /// <summary>True once <c>--help</c> or <c>-h</c> was read; parsing stops there.</summary>
    public bool WantsHelp { get; private set; }

    /// <summary>True where help was asked for with <c>-h</c>, which is on its way out.</summary>
    public bool WantsHelpByShorthand { get; private set; }

    public IEnumerable<Flag> All => _byName.Values.OrderBy(flag => flag.Name, StringComparer.Ordinal);

    public T Add<T>(T flag) where T : Flag
    {
        _byName.Add(flag.Name, flag);
        if (flag.Shorthand is { } letter)
        {
            _byShorthand.Add(letter, flag);
        }

        return flag;
    }

    /// <returns>The words that are no flags.</returns>
    /// <exception cref="FlagException">A flag is unknown, lacks its value, or does not take it.</exception>
    public IReadOnlyList<string> Parse(IReadOnlyList<string> words)
    {
        var positional = new List<string>();
        for (int i = 0; i < words.Count && !WantsHelp; i++)
        {
            string word = words[i];
            if (word == "--")
            {
                positional.AddRange(words.Skip(i + 1));
                break;
            }

            if (word.StartsWith("--", StringComparison.Ordinal))
            {
                ParseLong(word, words, ref i);
            }
            else if (word.Length > 1 && word[0] == '-')
            {
                ParseCluster(word, words, ref i);
            }
            else if (Interspersed)
            {
                positional.Add(word);
            }
            else
            {
                positional.AddRange(words.Skip(i));
                break;
            }
        }

        return positional;
    }

    private void ParseLong(string word, IReadOnlyList<string> words, ref int i)
    {
        int equals = word.IndexOf('=', StringComparison.Ordinal);
        string name = equals < 0 ? word[2..] : word[2..equals];
        if (name.Length == 0 || name[0] == '-')
        {
            throw new FlagException($"bad flag syntax: {word}");
        }

        if (!_byName.TryGetValue(name, out Flag? flag))
        {
            if (name == "help")
            {
                WantsHelp = true;
                return;
            }

            throw new FlagException($"unknown flag: --{name}");
        }

        if (equals >= 0)
        {
            Set(flag, word[(equals + 1)..]);
        }
        else if (flag.NoValue is { } implied)
        {
            Set(flag, implied);
        }
        else if (i + 1 < words.Count)
        {
            Set(flag, words[++i]);
        }
        else
        {
            throw new FlagException($"flag needs an argument: --{name}");
        }
    }

    private void ParseCluster(string word, IReadOnlyList<string> words, ref int i)
    {
        string rest = word[1..];
        while (rest.Length > 0 && !WantsHelp)
        {
            char letter = rest[0];
            if (!_byShorthand.TryGetValue(letter, out Flag? flag))
            {
                if (letter == 'h')
                {
                    WantsHelp = WantsHelpByShorthand = true;
                    return;
                }

                throw new FlagException($"unknown shorthand flag: '{letter}' in -{rest}");
            }

            if (rest.Length > 2 && rest[1] == '=')
            {
                Set(flag, rest[2..]);
                return;
            }

            if (flag.NoValue is { } implied)
            {
                Set(flag, implied);
                rest = rest[1..];
                continue;
            }

            if (rest.Length > 1)
            {
                Set(flag, rest[1..]);
            }
            else if (i + 1 < words.Count)
            {
                Set(flag, words[++i]);
            }
            else
            {
                throw new FlagException($"flag needs an argument: '{letter}' in -{rest}");
            }

            return;
        }
    }

    private void Set(Flag flag, string value)
    {
        try
        {
            flag.Set(value);
            flag.IsChanged = true;
            WantsHelp |= flag is { Name: "help" };
        }
        catch (FormatException e)
        {
            string name = flag.Shorthand is { } letter ? $"-{letter}, --{flag.Name}" : $"--{flag.Name}";
            throw new FlagException($"invalid argument {GoText.Quote(value)} for {GoText.Quote(name)} flag: {e.Message}");
        }
    }
}

/// <summary>The words on the command line are not what the command takes.</summary>
internal sealed class FlagException : Exception
{
    public FlagException(string message) : base(message)
    {
    }
}
