using Berth.Linux;
using Berth.Oci;
using Berth.Oci.Layers;

namespace Berth.Engine.Images;

/// <summary>Every sentence about images that a user or a script can read. moby 28: daemon/images/image.go, image_delete.go, distribution/errors.go.</summary>
internal static class ImageErrors
{
    public static EngineException NoSuchImage(string nameOrId) => new(ErrorKind.NotFound, $"No such image: {Shown(nameOrId)}");

    public static EngineException InvalidReference(FormatException e) => new(ErrorKind.InvalidParameter, e.Message, e);

    public static EngineException AmbiguousPrefix(string prefix) =>
        new(ErrorKind.InvalidParameter, $"multiple IDs found with provided prefix: {prefix}");

    public static EngineException NoSuchPlatform(string name, string platform) =>
        new(ErrorKind.NotFound, $"image with reference {name} was found but does not provide the specified platform ({platform})");

    public static EngineException InvalidPlatform(FormatException e) => new(ErrorKind.InvalidParameter, e.Message, e);

    public static EngineException DamagedImage(Digest id, Exception e) =>
        new(ErrorKind.System, $"image {id} is damaged: {e.Message}; pull it again", e);

    /// <summary>A layer could not be unpacked; the sentence ends with why, such as <c>no space left on device</c>.</summary>
    public static EngineException CannotUnpack(Exception e) => new(
        e is LayerFormatException or InvalidDataException or NotSupportedException ? ErrorKind.InvalidParameter : ErrorKind.System,
        $"failed to register layer: {Reason(e)}", e);

    /// <summary>The registry sent something else than it was asked for. moby 28: distribution/pull_v2.go.</summary>
    public static EngineException WrongLayer(Digest layer, Exception e) =>
        new(ErrorKind.System, $"filesystem layer verification failed for digest {layer}: {e.Message}", e);

    /// <summary>The archive in a layer is not the one that the image's config names. containerd: rootfs/apply.go.</summary>
    public static EngineException WrongDiffId(Digest actual, Digest expected) =>
        new(ErrorKind.System, $"failed to register layer: wrong diff id calculated on extraction \"{actual}\", expected \"{expected}\"");

    /// <summary>moby 28: distribution/pull_v2_unix.go, filterManifests and its caller.</summary>
    public static EngineException NoMatchingManifest(Platform platform) =>
        new(ErrorKind.NotFound, $"no matching manifest for {platform} in the manifest list entries");

    /// <summary>moby 28: daemon/images/image.go, errPlatformMismatch.</summary>
    public static EngineException WrongPlatform(ImageReference name, Platform wanted, Platform actual) =>
        new(ErrorKind.NotFound, $"image with reference {name.Familiar} was found but does not match the specified platform: wanted {wanted}, actual: {actual}");

    /// <summary>A chart, a plugin or another artifact. moby 28: distribution/errors.go, invalidManifestClassError.</summary>
    public static EngineException NoImage(string mediaType) =>
        new(ErrorKind.InvalidParameter, $"Encountered remote \"{mediaType}\"(unknown) when fetching");

    public static EngineException DamagedManifest(Digest digest, string why) => new(ErrorKind.System, $"invalid manifest {digest}: {why}");

    public static EngineException WrongConfig(Digest config) =>
        new(ErrorKind.System, $"image config verification failed for digest {config}");

    public static EngineException NameInUse(string name, string containerId, Digest image) => new(ErrorKind.Conflict,
        $"conflict: unable to remove repository reference \"{name}\" (must force) - container {Short(containerId)} is using its referenced image {image.Hex[..12]}");

    public static EngineException DeleteConflict(Digest image, string force, string why) =>
        new(ErrorKind.Conflict, $"conflict: unable to delete {image.Hex[..12]} ({force}) - {why}");

    /// <summary>moby 28: distribution/push.go, Push.</summary>
    public static EngineException NothingToPush(ImageReference repository) =>
        new(ErrorKind.NotFound, $"An image does not exist locally with the tag: {repository.FamiliarRepository}");

    /// <summary>moby 28: distribution/push_v2.go.</summary>
    public static EngineException NoSuchTag(ImageReference name) => new(ErrorKind.NotFound, $"tag does not exist: {name.Familiar}");

    public static EngineException PushByDigest() => new(ErrorKind.InvalidParameter, "cannot push a digest reference");

    private static string Short(string containerId) => containerId.Length > 12 ? containerId[..12] : containerId;

    private static string Reason(Exception e) => e switch
    {
        LinuxException linux => $"{linux.Call} {linux.Path}: {linux.Reason}",
        IOException { HResult: Errno.ENOSPC } => DiskFull.Reason,
        IOException { InnerException: { } inner } => Reason(inner),
        _ => e.Message,
    };

    /// <summary>A name without a tag is shown with the one that was looked for.</summary>
    private static string Shown(string nameOrId)
    {
        bool isId = nameOrId.Length > 0 && nameOrId.All(char.IsAsciiHexDigitLower);
        return !isId && ImageReference.TryParse(nameOrId, out ImageReference? reference) && reference is not null
            ? reference.WithDefaultTag().Familiar : nameOrId;
    }
}
