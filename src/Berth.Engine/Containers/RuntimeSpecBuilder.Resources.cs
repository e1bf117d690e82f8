using Berth.Api.Containers;
using Berth.Oci.RuntimeSpec;

namespace Berth.Engine.Containers;

internal sealed partial class RuntimeSpecBuilder
{
    /// <summary>Microseconds over which <c>NanoCpus</c> is a quota: the kernel's own default. Source: sched-bwc.rst.</summary>
    private const long DefaultCpuPeriod = 100_000;

    /// <summary>Limits of a running container's cgroup, for <c>docker update</c> too.</summary>
    internal static LinuxResources ResourcesOf(HostConfig hostConfig) => new()
    {
        Memory = MemoryOf(hostConfig),
        Cpu = CpuOf(hostConfig),
        Pids = hostConfig.PidsLimit is { } limit ? new PidsResources(limit <= 0 ? -1 : limit) : null,
    };

    private static LinuxResources ResourcesOf(HostConfig hostConfig, RuntimeSpecInputs inputs) => ResourcesOf(hostConfig) with
    {
        Devices = inputs.DeviceRules,
        BlockIO = inputs.BlockIo,
    };

    private static MemoryResources? MemoryOf(HostConfig hostConfig)
    {
        var memory = new MemoryResources
        {
            Limit = Positive(hostConfig.Memory),
            Reservation = Positive(hostConfig.MemoryReservation),
            Swap = hostConfig.MemorySwap > 0 ? hostConfig.MemorySwap : hostConfig is { Memory: > 0, MemorySwap: -1 } ? -1 : null,
            Swappiness = (ulong?)hostConfig.MemorySwappiness,
            DisableOOMKiller = hostConfig.OomKillDisable is true ? true : null,
        };
        return memory == new MemoryResources() ? null : memory;
    }

    private static CpuResources? CpuOf(HostConfig hostConfig)
    {
        var cpu = new CpuResources
        {
            Shares = (ulong?)Positive(hostConfig.CpuShares),
            Period = hostConfig.CpuPeriod != 0 ? (ulong)hostConfig.CpuPeriod : hostConfig.NanoCpus > 0 ? (ulong)DefaultCpuPeriod : null,
            Quota = hostConfig.CpuQuota != 0 ? hostConfig.CpuQuota : hostConfig.NanoCpus > 0 ? hostConfig.NanoCpus * DefaultCpuPeriod / 1_000_000_000 : null,
            RealtimePeriod = (ulong?)Positive(hostConfig.CpuRealtimePeriod),
            RealtimeRuntime = Positive(hostConfig.CpuRealtimeRuntime),
            Cpus = hostConfig.CpusetCpus.Length == 0 ? null : hostConfig.CpusetCpus,
            Mems = hostConfig.CpusetMems.Length == 0 ? null : hostConfig.CpusetMems,
        };
        return cpu == new CpuResources() ? null : cpu;
    }

    /// <summary>The container's ulimits, and of the daemon's defaults those that it does not name.</summary>
    private List<ResourceLimit>? LimitsOf(HostConfig hostConfig)
    {
        var limits = new List<ResourceLimit>();
        foreach (HostConfigUlimits ulimit in hostConfig.Ulimits ?? [])
        {
            limits.Add(Limit(ulimit.Name, ulimit.Soft, ulimit.Hard));
        }

        foreach ((string name, (long soft, long hard)) in options.DefaultUlimits)
        {
            if (hostConfig.Ulimits?.Any(ulimit => string.Equals(ulimit.Name, name, StringComparison.OrdinalIgnoreCase)) is not true)
            {
                limits.Add(Limit(name, soft, hard));
            }
        }

        return limits.Count == 0 ? null : limits;
    }

    /// <summary>-1 is RLIM_INFINITY, all bits set.</summary>
    private static ResourceLimit Limit(string name, long soft, long hard) =>
        new("RLIMIT_" + name.ToUpperInvariant(), unchecked((ulong)hard), unchecked((ulong)soft));

    private static long? Positive(long value) => value > 0 ? value : null;
}
