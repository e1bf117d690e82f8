using System.Globalization;
using Berth.Linux;
using Berth.Linux.Mounts;

namespace Berth.Engine.Volumes;

/// <summary>Why a volume is not to be had. moby 28: volume/local, volume/service, volume/drivers.</summary>
internal static class VolumeErrors
{
    public static EngineException NoSuchVolume(string name) => new(ErrorKind.NotFound, $"get {name}: no such volume");

    public static EngineException NoSuchDriver(string name, string driver) => new(ErrorKind.NotFound, $"create {name}: error looking up volume plugin {driver}: plugin \"{driver}\" not found");

    public static EngineException InUse(string name, IEnumerable<string> containers) =>
        new(ErrorKind.Conflict, $"remove {name}: volume is in use - [{string.Join(", ", containers)}]");

    public static EngineException NameTooShort(string name) =>
        Invalid($"create {name}: volume name is too short, names should be at least two alphanumeric characters");

    public static EngineException InvalidName(string name) => Invalid(
        $"create {name}: \"{name}\" includes invalid characters for a local volume name, only \"[a-zA-Z0-9][a-zA-Z0-9_.-]\" are allowed. "
        + "If you intended to pass a host directory, use absolute path");

    public static EngineException InvalidOption(string volume, string option) => Invalid($"create {volume}: invalid option: \"{option}\"");

    public static EngineException MissingOption(string volume, string option) => Invalid($"create {volume}: missing required option: \"{option}\"");

    public static EngineException NoQuota(string volume) => Invalid($"create {volume}: quota size requested but no quota support");

    public static EngineException MountFailed(string device, string path, MountOptions options, string reason)
    {
        string flags = options.Flags == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $", flags: 0x{(ulong)options.Flags:x}");
        string data = options.Data.Count == 0 ? "" : $", data: {string.Join(',', options.Data)}";
        return new EngineException(ErrorKind.System,
            $"error while mounting volume '{path}': failed to mount local volume: mount {device}:{path}{flags}{data}: {reason}");
    }

    /// <summary>moby 28: volume/local/local.go, Create.</summary>
    public static EngineException NotMade(string name, string path, IOException e) => new(ErrorKind.System,
        $"create {name}: error while creating volume data path '{path}': {(DiskFull.IsCauseOf(e) ? DiskFull.Reason : e.Message)}", e);

    private static EngineException Invalid(string message) => new(ErrorKind.InvalidParameter, message);
}
