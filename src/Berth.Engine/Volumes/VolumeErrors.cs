namespace Berth.Engine.Volumes;

/// <summary>Why a volume is not to be had. moby 28: volume/local, volume/service, volume/drivers.</summary>
internal static class VolumeErrors
{
    public static EngineException NoSuchVolume(string name) => new(ErrorKind.NotFound, $"get {name}: no such volume");

    public static EngineException NoSuchDriver(string driver) => new(ErrorKind.NotFound, $"error looking up volume plugin {driver}: plugin \"{driver}\" not found");

    public static EngineException InUse(string name, IEnumerable<string> containers) =>
        new(ErrorKind.Conflict, $"remove {name}: volume is in use - [{string.Join(", ", containers)}]");

    public static EngineException NameTooShort() =>
        Invalid("volume name is too short, names should be at least two alphanumeric characters");

    public static EngineException InvalidName(string name) => Invalid(
        $"create {name}: \"{name}\" includes invalid characters for a local volume name, only \"[a-zA-Z0-9][a-zA-Z0-9_.-]\" are allowed. "
        + "If you intended to pass a host directory, use absolute path");

    public static EngineException InvalidOption(string volume, string option) => Invalid($"create {volume}: invalid option: \"{option}\"");

    public static EngineException MissingOption(string volume, string option) => Invalid($"create {volume}: missing required option: \"{option}\"");

    public static EngineException NoQuota(string volume) => Invalid($"create {volume}: quota size requested but no quota support");

    public static EngineException MountFailed(string device, string path, string data, string reason) => new(ErrorKind.System,
        $"failed to mount local volume: mount {device}:{path}{(data.Length == 0 ? "" : $", data: {data}")}: {reason}");

    private static EngineException Invalid(string message) => new(ErrorKind.InvalidParameter, message);
}
