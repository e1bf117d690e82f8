using System.Globalization;

namespace Berth.Bench;

/// <summary>Source: proc_pid_smaps(5), smaps_rollup.</summary>
internal static class ProcessMemory
{
    /// <summary>MiB that belong to this process alone.</summary>
    public static double PrivateMebibytes(int pid) => Sum(pid, "Private_Clean:", "Private_Dirty:");

    /// <summary>MiB resident, shared pages included.</summary>
    public static double ResidentMebibytes(int pid) => Sum(pid, "Rss:");

    private static double Sum(int pid, params string[] keys) =>
        File.ReadLines($"/proc/{pid}/smaps_rollup").Where(line => keys.Any(key => line.StartsWith(key, StringComparison.Ordinal)))
            .Sum(line => double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture)) / 1024;
}
