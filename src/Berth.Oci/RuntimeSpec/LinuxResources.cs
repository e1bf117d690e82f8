namespace Berth.Oci.RuntimeSpec;

/// <summary>Limits of a container's cgroup. Source: OCI runtime-spec, config-linux.md, "Control groups".</summary>
public sealed record LinuxResources
{
    public IReadOnlyList<DeviceRule>? Devices { get; init; }
    public MemoryResources? Memory { get; init; }
    public CpuResources? Cpu { get; init; }
    public PidsResources? Pids { get; init; }
    public BlockIoResources? BlockIO { get; init; }
}

/// <param name="Type"><c>a</c>, <c>c</c> or <c>b</c>; null is all.</param>
/// <param name="Access">A composition of <c>r</c>, <c>w</c> and <c>m</c> (mknod).</param>
public sealed record DeviceRule(bool Allow, string? Type = null, long? Major = null, long? Minor = null, string? Access = null);

/// <summary>Bytes, but for swappiness (0–100).</summary>
public sealed record MemoryResources
{
    public long? Limit { get; init; }
    public long? Reservation { get; init; }

    /// <summary>Memory and swap together.</summary>
    public long? Swap { get; init; }

    public ulong? Swappiness { get; init; }
    public bool? DisableOOMKiller { get; init; }
}

/// <summary>Times in microseconds.</summary>
public sealed record CpuResources
{
    public ulong? Shares { get; init; }
    public long? Quota { get; init; }
    public ulong? Period { get; init; }
    public long? RealtimeRuntime { get; init; }
    public ulong? RealtimePeriod { get; init; }
    public string? Cpus { get; init; }
    public string? Mems { get; init; }
}

/// <param name="Limit">-1 is unlimited.</param>
public sealed record PidsResources(long Limit);

public sealed record BlockIoResources
{
    public ushort? Weight { get; init; }
    public IReadOnlyList<WeightDevice>? WeightDevice { get; init; }
    public IReadOnlyList<ThrottleDevice>? ThrottleReadBpsDevice { get; init; }
    public IReadOnlyList<ThrottleDevice>? ThrottleWriteBpsDevice { get; init; }
    public IReadOnlyList<ThrottleDevice>? ThrottleReadIOPSDevice { get; init; }
    public IReadOnlyList<ThrottleDevice>? ThrottleWriteIOPSDevice { get; init; }
}

public sealed record WeightDevice(long Major, long Minor, ushort Weight);

/// <param name="Rate">Bytes or operations per second.</param>
public sealed record ThrottleDevice(long Major, long Minor, ulong Rate);
