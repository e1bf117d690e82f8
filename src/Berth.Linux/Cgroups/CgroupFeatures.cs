using System.Globalization;
using Berth.Linux.Mounts;

namespace Berth.Linux.Cgroups;

/// <summary>Which limits this kernel's control groups know. moby 28: pkg/sysinfo, cgroup1 and cgroup2.</summary>
public sealed record CgroupFeatures
{
    private const string Root = "/sys/fs/cgroup";

    public bool Memory { get; init; }
    public bool Swap { get; init; }
    public bool MemoryReservation { get; init; }
    public bool Swappiness { get; init; }
    public bool OomKillDisable { get; init; }
    public bool CpuShares { get; init; }
    public bool CpuQuota { get; init; }
    public bool CpuRealtime { get; init; }
    public bool Cpuset { get; init; }
    public bool Pids { get; init; }
    public bool BlockIoWeight { get; init; }
    public bool BlockIoWeightDevice { get; init; }
    public bool BlockIoThrottle { get; init; }

    /// <summary>Processors and memory nodes that exist, as lists: <c>0-3</c>.</summary>
    public string Cpus { get; init; } = "";

    public string Mems { get; init; } = "";

    /// <summary>For tests and for those who want no opinion.</summary>
    public static CgroupFeatures All { get; } = new()
    {
        Memory = true, Swap = true, MemoryReservation = true, Swappiness = true, OomKillDisable = true, CpuShares = true, CpuQuota = true,
        Cpuset = true, Pids = true, BlockIoWeight = true, BlockIoWeightDevice = true, BlockIoThrottle = true, Cpus = "0-3", Mems = "0",
    };

    public static bool IsUnified { get; } = File.Exists($"{Root}/cgroup.controllers");

    public static CgroupFeatures Detect() => IsUnified ? DetectUnified() : DetectV1();

    /// <summary>The numbers of a list such as <c>0-2,7</c>.</summary>
    /// <returns>Null where the text is no list. Ranges are bounded: a list cannot be used to fill the memory.</returns>
    public static IReadOnlySet<int>? ParseList(string list)
    {
        const int highest = 8192;
        var numbers = new SortedSet<int>();
        foreach (string part in list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            string[] ends = part.Split('-', 2);
            if (!int.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out int first)
                || !int.TryParse(ends[^1], NumberStyles.None, CultureInfo.InvariantCulture, out int last)
                || last < first || last > highest)
            {
                return null;
            }

            for (int number = first; number <= last; number++)
            {
                numbers.Add(number);
            }
        }

        return numbers;
    }

    private static CgroupFeatures DetectUnified()
    {
        string[] controllers = File.ReadAllText($"{Root}/cgroup.controllers").Split(' ', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        bool memory = controllers.Contains("memory");
        bool cpu = controllers.Contains("cpu");
        bool io = controllers.Contains("io");
        bool cpuset = controllers.Contains("cpuset");
        return new CgroupFeatures
        {
            Memory = memory,
            MemoryReservation = memory,
            // the root group has no memory.swap.max; any other group has it unless the kernel was built or booted without
            Swap = memory && SwapIsAccounted(),
            CpuShares = cpu,
            CpuQuota = cpu,
            Cpuset = cpuset,
            Pids = controllers.Contains("pids"),
            BlockIoWeight = io,
            BlockIoWeightDevice = io,
            BlockIoThrottle = io,
            Cpus = ReadOrEmpty($"{Root}/cpuset.cpus.effective"),
            Mems = ReadOrEmpty($"{Root}/cpuset.mems.effective"),
        };
    }

    private static CgroupFeatures DetectV1()
    {
        IReadOnlyList<MountInfo> mounts = MountInfo.Read();
        bool Has(string controller, string file) =>
            mounts.FirstOrDefault(m => m.FileSystemType == "cgroup" && m.SuperOptions.Contains(controller)) is { } mount
            && File.Exists(Path.Combine(mount.MountPoint, file));
        string Read(string controller, string file) =>
            mounts.FirstOrDefault(m => m.FileSystemType == "cgroup" && m.SuperOptions.Contains(controller)) is { } mount
                ? ReadOrEmpty(Path.Combine(mount.MountPoint, file))
                : "";
        return new CgroupFeatures
        {
            Memory = Has("memory", "memory.limit_in_bytes"),
            Swap = Has("memory", "memory.memsw.limit_in_bytes"),
            MemoryReservation = Has("memory", "memory.soft_limit_in_bytes"),
            Swappiness = Has("memory", "memory.swappiness"),
            OomKillDisable = Has("memory", "memory.oom_control"),
            CpuShares = Has("cpu", "cpu.shares"),
            CpuQuota = Has("cpu", "cpu.cfs_quota_us"),
            CpuRealtime = Has("cpu", "cpu.rt_period_us"),
            Cpuset = Has("cpuset", "cpuset.cpus"),
            Pids = mounts.Any(m => m.FileSystemType == "cgroup" && m.SuperOptions.Contains("pids")),
            BlockIoWeight = Has("blkio", "blkio.weight") || Has("blkio", "blkio.bfq.weight"),
            BlockIoWeightDevice = Has("blkio", "blkio.weight_device") || Has("blkio", "blkio.bfq.weight_device"),
            BlockIoThrottle = Has("blkio", "blkio.throttle.read_bps_device"),
            Cpus = Read("cpuset", "cpuset.cpus"),
            Mems = Read("cpuset", "cpuset.mems"),
        };
    }

    private static bool SwapIsAccounted() =>
        Directory.EnumerateDirectories(Root).Where(group => File.Exists(Path.Combine(group, "memory.max")))
            .Select(group => File.Exists(Path.Combine(group, "memory.swap.max"))).FirstOrDefault(defaultValue: true);

    private static string ReadOrEmpty(string path) => File.Exists(path) ? File.ReadAllText(path).Trim() : "";
}
