using Berth.Api;
using Berth.Client;

namespace Berth.Cli;

/// <summary>A verb done to several objects: one's failure does not keep it from the others.</summary>
internal static class ManyTargets
{
    /// <summary>Does it to all at the same time, and prints the name of each that succeeded, in the order given.</summary>
    /// <exception cref="CommandException">The failures, a line each.</exception>
    public static int InParallel(CliContext context, IReadOnlyList<string> names, Action<string> verb)
    {
        if (names.Count == 1)
        {
            return InOrder(context, names, verb);
        }

        var failures = new Exception?[names.Count];
        var threads = new Thread[names.Count];
        for (int i = 0; i < names.Count; i++)
        {
            int mine = i;
            threads[i] = new Thread(() => failures[mine] = Failure(() => verb(names[mine]))) { IsBackground = true };
            threads[i].Start();
        }

        var sentences = new List<string>();
        for (int i = 0; i < names.Count; i++)
        {
            threads[i].Join();
            Report(context, names[i], failures[i], sentences);
        }

        return End(sentences);
    }

    /// <summary>Does it to one after the other.</summary>
    /// <exception cref="CommandException">The failures, a line each.</exception>
    public static int InOrder(CliContext context, IReadOnlyList<string> names, Action<string> verb)
    {
        var sentences = new List<string>();
        foreach (string name in names)
        {
            Report(context, name, Failure(() => verb(name)), sentences);
        }

        return End(sentences);
    }

    private static void Report(CliContext context, string name, Exception? failure, List<string> sentences)
    {
        if (failure is null)
        {
            context.Out.WriteLine(name);
            context.Out.Flush();
        }
        else
        {
            sentences.Add(CliContext.Sentence(failure));
        }
    }

    private static int End(List<string> sentences) => sentences.Count == 0
        ? 0
        : throw new CommandException(string.Join('\n', sentences.Distinct().Count() == 1 && IsUnreachable(sentences[0]) ? sentences.Take(1) : sentences));

    private static bool IsUnreachable(string sentence) => sentence.StartsWith("Cannot connect to the Docker daemon", StringComparison.Ordinal);

    private static Exception? Failure(Action action)
    {
        try
        {
            action();
            return null;
        }
        catch (Exception e) when (e is ApiException or DaemonUnreachableException or IOException or CommandException)
        {
            return e;
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
