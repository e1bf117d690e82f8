using Berth.Api.Containers;

namespace Berth.Engine.Containers;

/// <summary>Why a mount is refused. moby 28: volume/mounts/validate.go, linux_parser.go, parser.go.</summary>
internal static class MountErrors
{
    public static EngineException InvalidSpecification(string text, string? reason = null) =>
        HostConfigErrors.Invalid($"invalid volume specification: '{text}'{(reason is null ? "" : ": " + reason)}");

    public static EngineException InvalidMode(string mode) => HostConfigErrors.Invalid($"invalid mode: {mode}");

    public static EngineException InvalidMount(string type, string reason) => HostConfigErrors.Invalid($"invalid mount config for type \"{type}\": {reason}");

    public static EngineException MissingField(Mount mount, string field) => InvalidMount(mount.Type ?? "", $"field {field} must not be empty");

    public static EngineException ExtraField(Mount mount, string field) => InvalidMount(mount.Type ?? "", $"field {field} must not be specified");

    public static EngineException SourceMissing(string path) => InvalidMount("bind", $"bind source path does not exist: {path}");

    /// <summary>moby 28: daemon/bindmount_unix.go, validateBindDaemonRoot.</summary>
    public static EngineException DaemonRoot(string dataRoot, string source, string propagation) => HostConfigErrors.Invalid(
        "invalid mount config: must use either propagation mode \"rslave\" or \"rshared\" when mount source is within the daemon root, "
        + $"daemon root: \"{dataRoot}\", bind mount source: \"{source}\", propagation: \"{propagation}\"");

    public static EngineException Duplicate(string destination) => HostConfigErrors.Invalid($"Duplicate mount point: {destination}");

    /// <summary>Where nothing can be mounted; null is fine.</summary>
    public static string? WhyNotDestination(string path) =>
        ContainerPath.Clean(path) is "/" ? "invalid specification: destination can't be '/'"
        : !path.StartsWith('/') ? $"invalid mount path: '{path}' mount path must be absolute"
        : null;

    public static void CheckDestination(string path)
    {
        if (WhyNotDestination(path) is { } reason)
        {
            throw HostConfigErrors.Invalid(reason);
        }
    }
}
