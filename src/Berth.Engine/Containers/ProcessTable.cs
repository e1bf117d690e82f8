using System.Globalization;
using System.Text.RegularExpressions;
using Berth.Api.Containers;

namespace Berth.Engine.Containers;

/// <summary>What ps(1) prints of a container's processes. moby 28: daemon/top_unix.go.</summary>
internal static partial class ProcessTable
{
    /// <summary>Arguments for ps, with the container's processes last; refuses a PID column renamed to something else.</summary>
    /// <exception cref="EngineException">InvalidParameter.</exception>
    public static IReadOnlyList<string> Arguments(string given)
    {
        foreach (Match match in RenamedPid.Matches(given))
        {
            if (match.Groups[1].Value is not "pid")
            {
                throw StreamErrors.TopNotAllowed(match.Groups[1].Value, match.Groups[2].Value);
            }
        }

        return Fields(given);
    }

    public static string Selection(IEnumerable<int> pids) => "-q" + string.Join(',', pids);

    /// <summary>Titles and the rows of <paramref name="pids"/>; what overhangs the last title belongs to it.</summary>
    /// <exception cref="EngineException">There is no PID column, or no number in it.</exception>
    public static ContainerTop Parse(string output, IReadOnlyCollection<int> pids)
    {
        string[] lines = output.Split('\n');
        string[] titles = Fields(lines[0]);
        int column = Array.IndexOf(titles, "PID");
        if (column < 0)
        {
            throw StreamErrors.TopWithoutPid();
        }

        var wanted = pids.ToHashSet();
        var rows = new List<IReadOnlyList<string>>();
        bool afterWanted = false;
        foreach (string line in lines.Skip(1).Where(line => line.Length > 0))
        {
            string[] fields = Fields(line);
            if (fields.Length <= column)
            {
                throw StreamErrors.TopUnexpectedPid(line);
            }

            // with ps m, the threads of a process follow it, with '-' for a pid
            if (fields[column] is not "-")
            {
                afterWanted = int.TryParse(fields[column], NumberStyles.None, CultureInfo.InvariantCulture, out int pid)
                    ? wanted.Contains(pid)
                    : throw StreamErrors.TopUnexpectedPid(fields[column]);
            }

            if (afterWanted)
            {
                int last = titles.Length - 1;
                rows.Add(fields.Length <= last ? fields : [.. fields[..last], string.Join(' ', fields[last..])]);
            }
        }

        return new ContainerTop { Titles = titles, Processes = rows };
    }

    /// <summary>Parts between ASCII white space alone: names may hold other kinds.</summary>
    private static string[] Fields(string line) => line.Split([' ', '\t', '\n', '\f', '\r'], StringSplitOptions.RemoveEmptyEntries);

    [GeneratedRegex(@"\s+(\S*)=\s*(PID\S*)")]
    private static partial Regex RenamedPid { get; }
}
