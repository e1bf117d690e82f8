using System.Globalization;
using Berth.Linux.Mounts;

namespace Berth.Linux.Cgroups;

/// <summary>The processes of a control group.</summary>
public static class CgroupProcesses
{
    /// <summary>Controllers of v1 that say best who belongs together, in order: every container has the first ones.</summary>
    private static readonly string[] Preferred = ["pids", "devices", "memory", "cpu", "freezer", "name=systemd"];

    /// <summary>Ids of all processes in the group of <paramref name="pid"/> and in the groups below it. Works for v1, v2 and hosts with both.</summary>
    /// <returns>Empty where the process is gone.</returns>
    public static IReadOnlyList<int> OfGroupOf(int pid)
    {
        string? directory = DirectoryOf(pid);
        if (directory is null)
        {
            return [];
        }

        var pids = new List<int>();
        Collect(directory, pids);
        return pids;
    }

    /// <summary>Directory of the group that <paramref name="pid"/> is in; null where it is gone or no hierarchy is mounted.</summary>
    public static string? DirectoryOf(int pid)
    {
        IReadOnlyDictionary<string, string> memberships;
        try
        {
            memberships = Memberships(File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/cgroup")));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException || (e is IOException && e.HResult == Errno.ESRCH))
        {
            return null;
        }

        IReadOnlyList<MountInfo> mounts = MountInfo.Read();
        foreach (string controller in Preferred)
        {
            if (memberships.TryGetValue(controller, out string? path)
                && mounts.FirstOrDefault(m => m.FileSystemType == "cgroup" && m.SuperOptions.Contains(controller)) is { } v1)
            {
                return Below(v1, path);
            }
        }

        return memberships.TryGetValue("", out string? unified) && mounts.FirstOrDefault(m => m.FileSystemType == "cgroup2") is { } v2
            ? Below(v2, unified)
            : null;
    }

    /// <summary>Path by controller; by the empty name for v2. Source: cgroups(7), "/proc/[pid]/cgroup".</summary>
    public static IReadOnlyDictionary<string, string> Memberships(IEnumerable<string> lines)
    {
        var memberships = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string line in lines)
        {
            string[] fields = line.Split(':', 3);
            if (fields.Length == 3)
            {
                foreach (string controller in fields[1].Split(','))
                {
                    memberships[controller] = fields[2];
                }
            }
        }

        return memberships;
    }

    /// <summary>Where a path of the hierarchy is below a mount of it, which need not show the hierarchy's root: in a container it does not.</summary>
    private static string Below(MountInfo mount, string path)
    {
        string relative = mount.Root != "/" && (path == mount.Root || path.StartsWith(mount.Root + "/", StringComparison.Ordinal))
            ? path[mount.Root.Length..]
            : path;
        return Path.Combine(mount.MountPoint, relative.TrimStart('/'));
    }

    private static void Collect(string directory, List<int> pids)
    {
        try
        {
            foreach (string line in File.ReadLines(Path.Combine(directory, "cgroup.procs")))
            {
                if (int.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out int pid))
                {
                    pids.Add(pid);
                }
            }

            foreach (string child in Directory.EnumerateDirectories(directory))
            {
                Collect(child, pids);
            }
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException || (e is IOException && e.HResult == Errno.ENODEV))
        {
            // the group ended while we read: nobody is in it
        }
    }
}
