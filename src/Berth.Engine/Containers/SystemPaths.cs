namespace Berth.Engine.Containers;

/// <summary>Paths of /proc and /sys that a container must not see, or not write. moby 28: oci/defaults.go.</summary>
internal static class SystemPaths
{
    private static readonly string[] AlwaysMasked =
    [
        "/proc/asound", "/proc/acpi", "/proc/interrupts", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/timer_list",
        "/proc/timer_stats", "/proc/sched_debug", "/proc/scsi", "/sys/firmware", "/sys/devices/virtual/powercap",
    ];

    public static IReadOnlyList<string> ReadOnly { get; } = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"];

    public static IReadOnlyList<string> Masked(HostFacts host) => [.. AlwaysMasked, .. host.ThermalPaths];
}
