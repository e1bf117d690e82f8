using Berth.Api;
using Berth.Client;

namespace Berth.Cli;

/// <summary>A verb done to several objects: one's failure does not keep it from the others.</summary>
internal static class ManyTargets
{
    /// <summary>Does it to all at the same time, and prints the name of each that succeeded, in the order given.</summary>
    /// <exception cref="CommandException">The failures, a line each.</exception>
    public static int InParallel(CliContext context, IReadOnlyList<string> names, Action<string> verb) => InParallel(context, names, name =>
    {
        verb(name);
        return true;
    });

    /// <summary>As the other; the verb says whether its object is to be named.</summary>
    public static int InParallel(CliContext context, IReadOnlyList<string> names, Func<string, bool> verb)
    {
        if (names.Count == 1)
        {
            return InOrder(context, names, verb);
        }

        var outcomes = new (bool IsNamed, Exception? Failure)[names.Count];
        var threads = new Thread[names.Count];
        for (int i = 0; i < names.Count; i++)
        {
            int mine = i;
            threads[i] = new Thread(() => outcomes[mine] = Outcome(() => verb(names[mine]))) { IsBackground = true };
            threads[i].Start();
        }

        var sentences = new List<string>();
        for (int i = 0; i < names.Count; i++)
        {
            threads[i].Join();
            Report(context, names[i], outcomes[i], sentences);
        }

        return End(sentences);
    }

    /// <summary>Does it to one after the other.</summary>
    /// <exception cref="CommandException">The failures, a line each.</exception>
    public static int InOrder(CliContext context, IReadOnlyList<string> names, Action<string> verb) => InOrder(context, names, name =>
    {
        verb(name);
        return true;
    });

    private static int InOrder(CliContext context, IReadOnlyList<string> names, Func<string, bool> verb)
    {
        var sentences = new List<string>();
        foreach (string name in names)
        {
            Report(context, name, Outcome(() => verb(name)), sentences);
        }

        return End(sentences);
    }

    private static void Report(CliContext context, string name, (bool IsNamed, Exception? Failure) outcome, List<string> sentences)
    {
        if (outcome.Failure is not null)
        {
            sentences.Add(CliContext.Sentence(outcome.Failure));
        }
        else if (outcome.IsNamed)
        {
            context.Out.WriteLine(name);
            context.Out.Flush();
        }
    }

    private static int End(List<string> sentences) => sentences.Count == 0
        ? 0
        : throw new CommandException(string.Join('\n', sentences.Distinct().Count() == 1 && IsUnreachable(sentences[0]) ? sentences.Take(1) : sentences));

    private static bool IsUnreachable(string sentence) => sentence.StartsWith("Cannot connect to the Docker daemon", StringComparison.Ordinal);

    private static (bool IsNamed, Exception? Failure) Outcome(Func<bool> action)
    {
        try
        {
            return (action(), null);
        }
        catch (Exception e) when (e is ApiException or DaemonUnreachableException or IOException or CommandException)
        {
            return (false, e);
        }
    }

    public static Filters ToFilters(this ListFlag<(string Name, string Value)> flag)
    {
        var filters = new Filters();
        foreach ((string name, string value) in flag.Values)
        {
            filters.Add(name, value);
        }

        return filters;
    }
}
