using System.Text.Json.Serialization;

namespace Berth.Api.Containers;

public sealed record HostConfig
{
    public long CpuShares { get; init; }
    public long Memory { get; init; }
    public string CgroupParent { get; init => field = value ?? ""; } = "";
    public long BlkioWeight { get; init; }
    public IReadOnlyList<HostConfigBlkioWeightDevice>? BlkioWeightDevice { get; init; }
    public IReadOnlyList<ThrottleDevice>? BlkioDeviceReadBps { get; init; }
    public IReadOnlyList<ThrottleDevice>? BlkioDeviceWriteBps { get; init; }
    public IReadOnlyList<ThrottleDevice>? BlkioDeviceReadIOps { get; init; }
    public IReadOnlyList<ThrottleDevice>? BlkioDeviceWriteIOps { get; init; }
    public long CpuPeriod { get; init; }
    public long CpuQuota { get; init; }
    public long CpuRealtimePeriod { get; init; }
    public long CpuRealtimeRuntime { get; init; }
    public string CpusetCpus { get; init => field = value ?? ""; } = "";
    public string CpusetMems { get; init => field = value ?? ""; } = "";
    public IReadOnlyList<DeviceMapping>? Devices { get; init; }
    public IReadOnlyList<string>? DeviceCgroupRules { get; init; }
    public IReadOnlyList<DeviceRequest>? DeviceRequests { get; init; }
    public long MemoryReservation { get; init; }
    public long MemorySwap { get; init; }
    public long? MemorySwappiness { get; init; }
    public long NanoCpus { get; init; }
    public bool? OomKillDisable { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? Init { get; init; }

    public long? PidsLimit { get; init; }
    public IReadOnlyList<HostConfigUlimits>? Ulimits { get; init; }
    public long CpuCount { get; init; }
    public long CpuPercent { get; init; }
    public long IOMaximumIOps { get; init; }
    public long IOMaximumBandwidth { get; init; }
    public IReadOnlyList<string>? Binds { get; init; }
    public string ContainerIDFile { get; init => field = value ?? ""; } = "";
    public HostConfigLogConfig? LogConfig { get; init; }
    public string NetworkMode { get; init => field = value ?? ""; } = "";
    public IReadOnlyDictionary<string, IReadOnlyList<PortBinding>?>? PortBindings { get; init; }
    public RestartPolicy? RestartPolicy { get; init; }
    public bool AutoRemove { get; init; }
    public string VolumeDriver { get; init => field = value ?? ""; } = "";
    public IReadOnlyList<string>? VolumesFrom { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<Mount>? Mounts { get; init; }

    public IReadOnlyList<long>? ConsoleSize { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, string>? Annotations { get; init; }

    public StringOrList? CapAdd { get; init; }
    public StringOrList? CapDrop { get; init; }
    public string CgroupnsMode { get; init => field = value ?? ""; } = "";
    public IReadOnlyList<string>? Dns { get; init; }
    public IReadOnlyList<string>? DnsOptions { get; init; }
    public IReadOnlyList<string>? DnsSearch { get; init; }
    public IReadOnlyList<string>? ExtraHosts { get; init; }
    public IReadOnlyList<string>? GroupAdd { get; init; }
    public string IpcMode { get; init => field = value ?? ""; } = "";
    public string Cgroup { get; init => field = value ?? ""; } = "";
    public IReadOnlyList<string>? Links { get; init; }
    public long OomScoreAdj { get; init; }
    public string PidMode { get; init => field = value ?? ""; } = "";
    public bool Privileged { get; init; }
    public bool PublishAllPorts { get; init; }
    public bool ReadonlyRootfs { get; init; }
    public IReadOnlyList<string>? SecurityOpt { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, string>? StorageOpt { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, string>? Tmpfs { get; init; }

    public string UTSMode { get; init => field = value ?? ""; } = "";
    public string UsernsMode { get; init => field = value ?? ""; } = "";
    public long ShmSize { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, string>? Sysctls { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Runtime { get; init; }

    public string Isolation { get; init => field = value ?? ""; } = "";
    public IReadOnlyList<string>? MaskedPaths { get; init; }
    public IReadOnlyList<string>? ReadonlyPaths { get; init; }
}
