using System.Text.Json.Serialization;

namespace Berth.Api.Daemon;

public sealed record SystemInfo
{
    public string ID { get; init => field = value ?? ""; } = "";
    public long Containers { get; init; }
    public long ContainersRunning { get; init; }
    public long ContainersPaused { get; init; }
    public long ContainersStopped { get; init; }
    public long Images { get; init; }
    public string Driver { get; init => field = value ?? ""; } = "";
    public IReadOnlyList<IReadOnlyList<string>>? DriverStatus { get; init; }
    public string DockerRootDir { get; init => field = value ?? ""; } = "";
    public PluginsInfo? Plugins { get; init; }
    public bool MemoryLimit { get; init; }
    public bool SwapLimit { get; init; }
    public bool CpuCfsPeriod { get; init; }
    public bool CpuCfsQuota { get; init; }
    public bool CPUShares { get; init; }
    public bool CPUSet { get; init; }
    public bool PidsLimit { get; init; }
    public bool OomKillDisable { get; init; }
    public bool IPv4Forwarding { get; init; }
    /// <summary>Always false; gone since API 1.50.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? BridgeNfIptables { get; init; }

    /// <summary>Always false; gone since API 1.50.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? BridgeNfIp6tables { get; init; }

    public bool Debug { get; init; }
    public long NFd { get; init; }
    public long NGoroutines { get; init; }
    public string SystemTime { get; init => field = value ?? ""; } = "";
    public string LoggingDriver { get; init => field = value ?? ""; } = "";
    public string CgroupDriver { get; init => field = value ?? ""; } = "";

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? CgroupVersion { get; init; }

    public long NEventsListener { get; init; }
    public string KernelVersion { get; init => field = value ?? ""; } = "";
    public string OperatingSystem { get; init => field = value ?? ""; } = "";
    public string OSVersion { get; init => field = value ?? ""; } = "";
    public string OSType { get; init => field = value ?? ""; } = "";
    public string Architecture { get; init => field = value ?? ""; } = "";
    public long NCPU { get; init; }
    public long MemTotal { get; init; }
    public string IndexServerAddress { get; init => field = value ?? ""; } = "";

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public RegistryServiceConfig? RegistryConfig { get; init; }

    public GenericResources? GenericResources { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? HttpProxy { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? HttpsProxy { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? NoProxy { get; init; }

    public string Name { get; init => field = value ?? ""; } = "";
    public IReadOnlyList<string>? Labels { get; init; }
    public bool ExperimentalBuild { get; init; }
    public string ServerVersion { get; init => field = value ?? ""; } = "";

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, RuntimeInfo?>? Runtimes { get; init; }

    public string DefaultRuntime { get; init => field = value ?? ""; } = "";
    public SwarmInfo? Swarm { get; init; }
    public bool LiveRestoreEnabled { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Isolation { get; init; }

    public string InitBinary { get; init => field = value ?? ""; } = "";
    public CommitInfo? ContainerdCommit { get; init; }
    public CommitInfo? RuncCommit { get; init; }
    public CommitInfo? InitCommit { get; init; }
    public IReadOnlyList<string>? SecurityOptions { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ProductLicense { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<SystemInfoDefaultAddressPools>? DefaultAddressPools { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public FirewallInfo? FirewallBackend { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<DeviceInfo>? DiscoveredDevices { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public NriInfo? NRI { get; init; }

    public IReadOnlyList<string>? Warnings { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? CDISpecDirs { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ContainerdInfo? Containerd { get; init; }
}
