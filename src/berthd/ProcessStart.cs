using System.Globalization;

namespace Berth.Daemon;

/// <summary>When a process began. Source: proc_pid_stat(5), field 22, and proc_stat(5), btime.</summary>
internal static class ProcessStart
{
    // USER_HZ is 100 on every architecture that .NET runs on.
    private const int TicksPerSecond = 100;

    /// <summary>Null where there is no such process, or one that has ended and only waits for its parent to see it.</summary>
    public static DateTime? Of(int pid)
    {
        string stat;
        try
        {
            stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/stat"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }

        // The name, second, stands in parentheses and may hold spaces: counting begins behind it, with the third field.
        string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        if (fields[0] is "Z" or "X")
        {
            return null;
        }

        long ticks = long.Parse(fields[22 - 3], CultureInfo.InvariantCulture);
        string boot = File.ReadLines("/proc/stat").First(line => line.StartsWith("btime ", StringComparison.Ordinal));
        return DateTime.UnixEpoch.AddSeconds(long.Parse(boot[6..], CultureInfo.InvariantCulture) + (ticks / TicksPerSecond));
    }
}
