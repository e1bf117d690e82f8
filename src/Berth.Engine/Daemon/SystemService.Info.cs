using System.Globalization;
using Berth.Api;
using Berth.Api.Containers;
using Berth.Api.Daemon;
using Berth.Linux.Cgroups;

namespace Berth.Engine.Daemon;

public sealed partial class SystemService
{
    // moby 28: registry/config.go, IndexServer.
    private const string IndexServer = "https://index.docker.io/v1/";

    /// <summary>Answer of <c>GET /info</c>.</summary>
    public async Task<SystemInfo> InfoAsync(CancellationToken ct)
    {
        EngineOptions options = _options;
        HostDescription host = _host.Value;
        CgroupFeatures cgroups = _cgroups.Value;
        IReadOnlyList<ContainerSummary> containers = await _containers.ListAsync(all: true, limit: 0, size: false, Filters.None, ct).ConfigureAwait(false);
        int images = (await _images.ListAsync(all: true, sharedSize: false, manifests: false, Filters.None, ct).ConfigureAwait(false)).Count;
        int running = containers.Count(container => container.State is "running" or "restarting");
        int paused = containers.Count(container => container.State == "paused");
        return new SystemInfo
        {
            ID = _id,
            Containers = containers.Count,
            ContainersRunning = running,
            ContainersPaused = paused,
            ContainersStopped = containers.Count - running - paused,
            Images = images,
            Driver = "overlayfs",
            DriverStatus = [["driver-type", "berth.overlay"]],
            DockerRootDir = options.DataRoot,
            Plugins = new PluginsInfo { Volume = ["local"], Network = ["bridge", "host", "null"], Log = ["json-file", "none"] },
            MemoryLimit = cgroups.Memory,
            SwapLimit = cgroups.Swap,
            CpuCfsPeriod = cgroups.CpuQuota,
            CpuCfsQuota = cgroups.CpuQuota,
            CPUShares = cgroups.CpuShares,
            CPUSet = cgroups.Cpuset,
            PidsLimit = cgroups.Pids,
            OomKillDisable = cgroups.OomKillDisable,
            IPv4Forwarding = ReadSwitch("/proc/sys/net/ipv4/ip_forward"),
            Debug = _debug,
            NFd = Directory.EnumerateFileSystemEntries("/proc/self/fd").Count(),
            NGoroutines = Directory.EnumerateFileSystemEntries("/proc/self/task").Count(),
            SystemTime = _time.GetLocalNow().ToString("yyyy-MM-ddTHH:mm:ss.fffffff00zzz", CultureInfo.InvariantCulture),
            LoggingDriver = options.LogDriver,
            CgroupDriver = "cgroupfs",
            CgroupVersion = CgroupFeatures.IsUnified ? "2" : "1",
            KernelVersion = host.KernelVersion,
            OperatingSystem = host.OperatingSystem,
            OSVersion = host.OperatingSystemVersion,
            OSType = "linux",
            Architecture = host.Machine,
            NCPU = host.Processors,
            MemTotal = host.MemoryBytes,
            IndexServerAddress = IndexServer,
            RegistryConfig = RegistryConfig(options),
            HttpProxy = Proxy("HTTP_PROXY"),
            HttpsProxy = Proxy("HTTPS_PROXY"),
            NoProxy = Proxy("NO_PROXY"),
            Name = host.Name,
            Labels = options.Labels,
            ServerVersion = EngineVersion.Version,
            Runtimes = _runtimes.All.ToDictionary(runtime => runtime.Key, runtime => (RuntimeInfo?)new RuntimeInfo
            {
                Path = runtime.Value.Path,
                RuntimeArgs = runtime.Value.Arguments.Count > 0 ? runtime.Value.Arguments : null,
            }),
            DefaultRuntime = _runtimes.Default,
            InitBinary = options.InitPath ?? "",
            ContainerdCommit = new CommitInfo(),
            RuncCommit = new CommitInfo { ID = _runtimeVersion.Value?.Commit ?? "N/A" },
            InitCommit = new CommitInfo(),
            SecurityOptions = SecurityOptions(options),
            Warnings = Warnings(cgroups, options),
            Swarm = new SwarmInfo { LocalNodeState = "inactive" },
            LiveRestoreEnabled = true,
            Isolation = "",
            DefaultAddressPools = [.. options.DefaultAddressPools.Select(pool => new SystemInfoDefaultAddressPools { Base = pool.Base, Size = pool.Size })],
            FirewallBackend = new FirewallInfo { Driver = "nftables" },
        };
    }

    private static RegistryServiceConfig RegistryConfig(EngineOptions options)
    {
        string[] insecure = [.. options.InsecureRegistries.Append("127.0.0.0/8").Append("::1/128").Distinct()];
        var indexes = insecure.Where(registry => !registry.Contains('/', StringComparison.Ordinal))
            .ToDictionary(registry => registry, registry => (IndexInfo?)new IndexInfo { Name = registry, Mirrors = [] });
        string[] mirrors = [.. options.RegistryMirrors.Select(mirror => mirror.AbsoluteUri)];
        indexes["docker.io"] = new IndexInfo { Name = "docker.io", Mirrors = mirrors, Secure = true, Official = true };
        return new RegistryServiceConfig
        {
            InsecureRegistryCIDRs = [.. insecure.Where(registry => registry.Contains('/', StringComparison.Ordinal))],
            IndexConfigs = indexes,
            Mirrors = mirrors,
        };
    }

    /// <summary>As the environment has it, where the daemon's settings are too.</summary>
    private static string? Proxy(string variable)
    {
        string? text = Environment.GetEnvironmentVariable(variable) is { Length: > 0 } upper ? upper : Environment.GetEnvironmentVariable(variable.ToLowerInvariant());
        return text is null ? null : ProxyAddress.WithoutPassword(text);
    }

    private static List<string> SecurityOptions(EngineOptions options)
    {
        var names = new List<string>();
        if (File.Exists("/sys/module/apparmor/parameters/enabled") && File.ReadAllText("/sys/module/apparmor/parameters/enabled").Trim() == "Y")
        {
            names.Add("name=apparmor");
        }

        // proc_pid_status(5): the line is there if the kernel was built with seccomp.
        if (File.ReadLines("/proc/self/status").Any(line => line.StartsWith("Seccomp:", StringComparison.Ordinal)))
        {
            names.Add($"name=seccomp,profile={options.SeccompProfile ?? "builtin"}");
        }

        // Where nothing else was decided, containers have a cgroup namespace of their own by default only on the unified hierarchy.
        if ((options.DefaultCgroupNamespaceMode ?? (CgroupFeatures.IsUnified ? "private" : "host")) is "private")
        {
            names.Add("name=cgroupns");
        }

        if (options.NoNewPrivileges)
        {
            names.Add("name=no-new-privileges");
        }

        return names;
    }

    // moby 28: daemon/info_unix.go, fillPlatformInfo.
    private static List<string> Warnings(CgroupFeatures cgroups, EngineOptions options)
    {
        (bool Has, string Warning)[] checks =
        [
            (cgroups.Memory, "WARNING: No memory limit support"),
            (cgroups.Swap, "WARNING: No swap limit support"),
            (cgroups.OomKillDisable || CgroupFeatures.IsUnified, "WARNING: No oom kill disable support"),
            (cgroups.CpuQuota, "WARNING: No cpu cfs quota support"),
            (cgroups.CpuShares, "WARNING: No cpu shares support"),
            (cgroups.Cpuset, "WARNING: No cpuset support"),
            (ReadSwitch("/proc/sys/net/ipv4/ip_forward"), "WARNING: IPv4 forwarding is disabled"),
            (options.SeccompProfile is null, "WARNING: daemon is not using the default seccomp profile"),
        ];
        return [.. checks.Where(check => !check.Has).Select(check => check.Warning)];
    }

    private static bool ReadSwitch(string path) => File.Exists(path) && File.ReadAllText(path).Trim() == "1";
}
