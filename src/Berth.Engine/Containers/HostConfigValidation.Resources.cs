using System.Globalization;
using Berth.Api.Containers;

namespace Berth.Engine.Containers;

internal sealed partial class HostConfigValidation
{
    /// <summary>Below it the container's own set-up does not fit. moby 28: daemon_unix.go, linuxMinMemory.</summary>
    private const long MinimumMemory = 6 << 20;

    private HostConfig NormalizeResources(HostConfig given, List<string> warnings)
    {
        HostConfig hostConfig = NormalizeMemory(given, warnings);
        hostConfig = NormalizeProcessors(hostConfig, warnings);
        hostConfig = NormalizeBlockIo(hostConfig, warnings);
        if (hostConfig.PidsLimit is not null && !host.Cgroups.Pids)
        {
            warnings.Add("Your kernel does not support PIDs limit capabilities or the cgroup is not mounted. PIDs limit discarded.");
            hostConfig = hostConfig with { PidsLimit = null };
        }

        if (hostConfig.OomScoreAdj is < -1000 or > 1000)
        {
            throw HostConfigErrors.Invalid($"Invalid value {hostConfig.OomScoreAdj}, range for oom score adj is [-1000, 1000]");
        }

        foreach (HostConfigUlimits ulimit in hostConfig.Ulimits ?? [])
        {
            if (!ResourceLimits.Names.Contains(ulimit.Name.ToLowerInvariant()))
            {
                throw HostConfigErrors.UnknownUlimit(ulimit.Name);
            }

            if (ulimit.Hard != -1 && (ulimit.Soft == -1 || ulimit.Soft > ulimit.Hard))
            {
                throw HostConfigErrors.UlimitOrder(string.Create(CultureInfo.InvariantCulture, $"{ulimit.Soft} > {ulimit.Hard}"));
            }
        }

        return hostConfig;
    }

    private HostConfig NormalizeMemory(HostConfig hostConfig, List<string> warnings)
    {
        if (hostConfig.Memory != 0 && hostConfig.Memory < MinimumMemory)
        {
            throw HostConfigErrors.Invalid("Minimum memory limit allowed is 6MB");
        }

        if (hostConfig.Memory > 0 && !host.Cgroups.Memory)
        {
            warnings.Add("Your kernel does not support memory limit capabilities or the cgroup is not mounted. Limitation discarded.");
            hostConfig = hostConfig with { Memory = 0, MemorySwap = -1 };
        }

        if (hostConfig.Memory > 0 && hostConfig.MemorySwap != -1 && !host.Cgroups.Swap)
        {
            warnings.Add("Your kernel does not support swap limit capabilities or the cgroup is not mounted. Memory limited without swap.");
            hostConfig = hostConfig with { MemorySwap = -1 };
        }

        if (hostConfig is { Memory: > 0, MemorySwap: > 0 } && hostConfig.MemorySwap < hostConfig.Memory)
        {
            throw HostConfigErrors.Invalid("Minimum memoryswap limit should be larger than memory limit, see usage");
        }

        if (hostConfig is { Memory: 0, MemorySwap: > 0 })
        {
            throw HostConfigErrors.Invalid("You should always set the Memory limit when using Memoryswap limit, see usage");
        }

        return NormalizeReservation(NormalizeSwappiness(hostConfig, warnings), warnings);
    }

    private HostConfig NormalizeSwappiness(HostConfig hostConfig, List<string> warnings)
    {
        if (hostConfig.MemorySwappiness is not { } swappiness)
        {
            return hostConfig;
        }

        if (!host.Cgroups.Swappiness)
        {
            warnings.Add("Your kernel does not support memory swappiness capabilities or the cgroup is not mounted. Memory swappiness discarded.");
            return hostConfig with { MemorySwappiness = null };
        }

        return swappiness is < 0 or > 100
            ? throw HostConfigErrors.Invalid($"Invalid value: {swappiness}, valid memory swappiness range is 0-100")
            : hostConfig;
    }

    private HostConfig NormalizeReservation(HostConfig hostConfig, List<string> warnings)
    {
        if (hostConfig.MemoryReservation > 0 && !host.Cgroups.MemoryReservation)
        {
            warnings.Add("Your kernel does not support memory soft limit capabilities or the cgroup is not mounted. Limitation discarded.");
            hostConfig = hostConfig with { MemoryReservation = 0 };
        }

        if (hostConfig.MemoryReservation is > 0 and < MinimumMemory)
        {
            throw HostConfigErrors.Invalid("Minimum memory reservation allowed is 6MB");
        }

        if (hostConfig is { Memory: > 0, MemoryReservation: > 0 } && hostConfig.Memory < hostConfig.MemoryReservation)
        {
            throw HostConfigErrors.Invalid("Minimum memory limit can not be less than memory reservation limit, see usage");
        }

        if (!host.Cgroups.OomKillDisable)
        {
            if (hostConfig.OomKillDisable is true)
            {
                warnings.Add("Your kernel does not support OomKillDisable. OomKillDisable discarded.");
            }

            return hostConfig with { OomKillDisable = null };
        }

        if (hostConfig is { OomKillDisable: true, Memory: 0 })
        {
            warnings.Add("OOM killer is disabled for the container, but no memory limit is set, this can result in the system running out of resources.");
        }

        return hostConfig;
    }

    private HostConfig NormalizeProcessors(HostConfig hostConfig, List<string> warnings)
    {
        if (hostConfig is { NanoCpus: > 0, CpuPeriod: > 0 })
        {
            throw HostConfigErrors.Invalid("Conflicting options: Nano CPUs and CPU Period cannot both be set");
        }

        if (hostConfig is { NanoCpus: > 0, CpuQuota: > 0 })
        {
            throw HostConfigErrors.Invalid("Conflicting options: Nano CPUs and CPU Quota cannot both be set");
        }

        if (hostConfig.NanoCpus > 0 && !host.Cgroups.CpuQuota)
        {
            throw HostConfigErrors.Invalid("NanoCPUs can not be set, as your kernel does not support CPU CFS scheduler or the cgroup is not mounted");
        }

        if (hostConfig.NanoCpus < 0 || hostConfig.NanoCpus > host.Processors * 1_000_000_000L)
        {
            throw HostConfigErrors.ProcessorRange(host.Processors);
        }

        if (hostConfig.CpuShares < 0)
        {
            throw HostConfigErrors.Invalid("shares: invalid argument");
        }

        if (hostConfig.CpuShares > 0 && !host.Cgroups.CpuShares)
        {
            warnings.Add("Your kernel does not support CPU shares or the cgroup is not mounted. Shares discarded.");
            hostConfig = hostConfig with { CpuShares = 0 };
        }

        if ((hostConfig.CpuPeriod != 0 || hostConfig.CpuQuota != 0) && !host.Cgroups.CpuQuota)
        {
            warnings.Add("Your kernel does not support CPU CFS scheduler. CPU period/quota discarded.");
            hostConfig = hostConfig with { CpuPeriod = 0, CpuQuota = 0 };
        }

        if (hostConfig.CpuPeriod != 0 && hostConfig.CpuPeriod is < 1000 or > 1_000_000)
        {
            throw HostConfigErrors.Invalid("CPU cfs period can not be less than 1ms (i.e. 1000) or larger than 1s (i.e. 1000000)");
        }

        if (hostConfig.CpuQuota is > 0 and < 1000)
        {
            throw HostConfigErrors.Invalid("CPU cfs quota can not be less than 1ms (i.e. 1000)");
        }

        if (hostConfig.CpuPercent > 0)
        {
            warnings.Add("linux does not support CPU percent. Percent discarded.");
            hostConfig = hostConfig with { CpuPercent = 0 };
        }

        CheckRealtime(hostConfig);
        return NormalizeCpuset(hostConfig, warnings);
    }

    private void CheckRealtime(HostConfig hostConfig)
    {
        if ((hostConfig.CpuRealtimePeriod != 0 || hostConfig.CpuRealtimeRuntime != 0) && !host.Cgroups.CpuRealtime)
        {
            throw HostConfigErrors.Invalid("kernel does not support CPU real-time scheduler");
        }

        if (hostConfig.CpuRealtimePeriod != 0 && hostConfig.CpuRealtimeRuntime > hostConfig.CpuRealtimePeriod)
        {
            throw HostConfigErrors.Invalid("cpu real-time runtime cannot be higher than cpu real-time period");
        }
    }

    private HostConfig NormalizeCpuset(HostConfig hostConfig, List<string> warnings)
    {
        if (hostConfig is { CpusetCpus: "", CpusetMems: "" })
        {
            return hostConfig;
        }

        if (!host.Cgroups.Cpuset)
        {
            warnings.Add("Your kernel does not support cpuset or the cgroup is not mounted. Cpuset discarded.");
            return hostConfig with { CpusetCpus = "", CpusetMems = "" };
        }

        CheckList(hostConfig.CpusetCpus, host.Cgroups.Cpus, "cpus", "CPUs");
        CheckList(hostConfig.CpusetMems, host.Cgroups.Mems, "mems", "memory nodes");
        return hostConfig;

        static void CheckList(string requested, string available, string kind, string noun)
        {
            if (requested.Length == 0)
            {
                return;
            }

            IReadOnlySet<int> wanted = Linux.Cgroups.CgroupFeatures.ParseList(requested)
                ?? throw HostConfigErrors.Invalid($"Invalid value {requested} for cpuset {kind}: invalid format: {requested}");
            if (Linux.Cgroups.CgroupFeatures.ParseList(available) is { } there && !wanted.IsSubsetOf(there))
            {
                throw HostConfigErrors.Invalid($"Requested {noun} are not available - requested {requested}, available: {available}");
            }
        }
    }

    private HostConfig NormalizeBlockIo(HostConfig hostConfig, List<string> warnings)
    {
        if (hostConfig.BlkioWeight > 0 && !host.Cgroups.BlockIoWeight)
        {
            warnings.Add("Your kernel does not support Block I/O weight or the cgroup is not mounted. Weight discarded.");
            hostConfig = hostConfig with { BlkioWeight = 0 };
        }

        if (hostConfig.BlkioWeight != 0 && hostConfig.BlkioWeight is < 10 or > 1000)
        {
            throw HostConfigErrors.Invalid("Range of blkio weight is from 10 to 1000");
        }

        if (hostConfig.IOMaximumBandwidth != 0 || hostConfig.IOMaximumIOps != 0)
        {
            throw HostConfigErrors.Invalid("Invalid QoS settings: linux does not support configuration of maximum "
                + (hostConfig.IOMaximumBandwidth != 0 ? "bandwidth" : "IOPs"));
        }

        if (hostConfig.BlkioWeightDevice is { Count: > 0 } && !host.Cgroups.BlockIoWeightDevice)
        {
            warnings.Add("Your kernel does not support Block I/O weight_device or the cgroup is not mounted. Weight-device discarded.");
            hostConfig = hostConfig with { BlkioWeightDevice = [] };
        }

        IReadOnlyList<ThrottleDevice>? Throttle(IReadOnlyList<ThrottleDevice>? devices, string unit, string direction)
        {
            if (devices is not { Count: > 0 } || host.Cgroups.BlockIoThrottle)
            {
                return devices;
            }

            warnings.Add(unit is "BPS"
                ? $"Your kernel does not support BPS Block I/O {direction} limit or the cgroup is not mounted. Block I/O BPS {direction} limit discarded."
                : $"Your kernel does not support IOPS Block {direction} limit or the cgroup is not mounted. Block I/O IOPS {direction} limit discarded.");
            return [];
        }

        return hostConfig with
        {
            BlkioDeviceReadBps = Throttle(hostConfig.BlkioDeviceReadBps, "BPS", "read"),
            BlkioDeviceWriteBps = Throttle(hostConfig.BlkioDeviceWriteBps, "BPS", "write"),
            BlkioDeviceReadIOps = Throttle(hostConfig.BlkioDeviceReadIOps, "IOPS", "read"),
            BlkioDeviceWriteIOps = Throttle(hostConfig.BlkioDeviceWriteIOps, "IOPS", "write"),
        };
    }
}
