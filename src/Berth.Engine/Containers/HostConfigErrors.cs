namespace Berth.Engine.Containers;

/// <summary>Why a host configuration is refused, in dockerd's sentences.</summary>
/// <remarks>Sources, moby 28: daemon/container.go, daemon/daemon_unix.go, daemon/pkg/opts, runconfig, oci/caps/utils.go, daemon/logger.</remarks>
internal static class HostConfigErrors
{
    public static EngineException Invalid(string message) => new(ErrorKind.InvalidParameter, message);

    public static EngineException UnknownCapability(string field, string name) => Invalid($"invalid {field}: unknown capability: \"{name}\"");

    public static EngineException UnavailableCapability(string field, string name) =>
        Invalid($"invalid {field}: capability not supported by your kernel or not available in the current environment: \"{name}\"");

    public static EngineException InvalidSecurityOption(int form, string option) => Invalid($"invalid --security-opt {form}: \"{option}\"");

    public static EngineException NoSeccompProfile(string reason) => Invalid($"Decoding seccomp profile failed: {reason}");

    public static EngineException ProcessorRange(int processors) =>
        Invalid($"range of CPUs is from 0.01 to {processors}.00, as there are only {processors} CPUs available");

    public static EngineException InvalidMode(string kind, string mode) => Invalid($"invalid {kind}: {mode}");

    public static EngineException Conflict(string what) => Invalid($"conflicting options: {what}");

    public static EngineException NoDeviceDriver(string driver, IEnumerable<IEnumerable<string>> capabilities) => new(ErrorKind.System,
        $"could not select device driver \"{driver}\" with capabilities: [{string.Join(' ', capabilities.Select(set => $"[{string.Join(' ', set)}]"))}]");

    public static EngineException InvalidDeviceRule(string rule) => Invalid($"invalid device cgroup rule format: '{rule}'");

    public static EngineException UnknownUlimit(string name) => Invalid($"invalid ulimit type: {name}");

    public static EngineException UlimitOrder(string name) => Invalid($"ulimit soft limit must be less than or equal to hard limit: {name}");

    public static EngineException Sysctl(string name) => Invalid($"sysctl '{name}' is not in a separate kernel namespace");

    public static EngineException SysctlNetwork(string name) => Invalid($"sysctl '{name}' not allowed in host network namespace");

    public static EngineException UnknownLogDriver(string name) => Invalid($"error looking up logging plugin {name}: plugin \"{name}\" not found");

    /// <summary>The two drivers of dockerd's do not say it alike.</summary>
    public static EngineException UnknownLogOption(string option, string driver) =>
        Invalid(driver is "local" ? $"unknown log opt '{option}' for log driver local" : $"unknown log opt '{option}' for {driver} log driver");

    public static EngineException NoStorageOptions() =>
        Invalid("--storage-opt is supported only for overlay over xfs with 'pquota' mount option");

    public static EngineException NoInitProgram(string program) =>
        new(ErrorKind.System, $"exec: \"{program}\": executable file not found in $PATH");
}
