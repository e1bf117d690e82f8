namespace Berth.Cli;

/// <summary>How many words a command takes.</summary>
/// <remarks>Source of the sentences: docker/cli 28, cli/required.go.</remarks>
internal readonly record struct ArgumentCount(int Minimum, int Maximum)
{
    public static ArgumentCount None { get; } = new(0, 0);

    public static ArgumentCount Exactly(int count) => new(count, count);

    public static ArgumentCount AtLeast(int count) => new(count, int.MaxValue);

    public static ArgumentCount AtMost(int count) => new(0, count);

    /// <summary>Why so many words are not accepted; null where they are.</summary>
    public string? Refusal(int given)
    {
        if (given >= Minimum && given <= Maximum)
        {
            return null;
        }

        return (Minimum, Maximum) switch
        {
            (0, 0) => "accepts no arguments",
            var (minimum, maximum) when minimum == maximum => $"requires {minimum} {Noun(minimum)}",
            (_, int.MaxValue) => $"requires at least {Minimum} {Noun(Minimum)}",
            (0, _) => $"requires at most {Maximum} {Noun(Maximum)}",
            _ => $"requires at least {Minimum} and at most {Maximum} {Noun(Maximum)}",
        };
    }

    /// <summary>docker/cli says "See" where a minimum is missed and "Run" elsewhere.</summary>
    public string HelpVerb => Minimum > 0 && Maximum == int.MaxValue ? "See" : "Run";

    private static string Noun(int count) => count == 1 ? "argument" : "arguments";
}
