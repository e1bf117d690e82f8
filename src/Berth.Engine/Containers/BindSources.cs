using Berth.Linux.Files;
using Berth.Linux.Mounts;

namespace Berth.Engine.Containers;

/// <summary>The host's side of bind mounts, when a container starts.</summary>
internal static class BindSources
{
    /// <summary>Makes the missing ones that may be made. moby 28: volume/mounts/mounts.go, Setup.</summary>
    /// <exception cref="EngineException">A source is missing, or cannot be made.</exception>
    public static void Ensure(IReadOnlyList<ContainerMount> mounts)
    {
        foreach (ContainerMount mount in mounts)
        {
            if (mount.Type is not "bind" || FileCalls.StatusOf(mount.Source) is not null)
            {
                continue;
            }

            if (!mount.CreateSource)
            {
                throw MountErrors.SourceMissing(mount.Source);
            }

            try
            {
                Directory.CreateDirectory(mount.Source);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new EngineException(ErrorKind.System, $"error while creating mount source path '{mount.Source}': mkdir {mount.Source}: {e.Message}", e);
            }
        }
    }

    /// <summary>
    /// How the container's root must propagate so that its binds can: <c>shared</c> or <c>rslave</c>, null where none asks for it. A bind whose source is
    /// not itself shared could not keep its promise. moby 28: daemon/oci_linux.go, withMounts.
    /// </summary>
    /// <exception cref="EngineException">A source's mount is not shared, or neither shared nor slave.</exception>
    public static string? RootPropagation(IReadOnlyList<ContainerMount> mounts)
    {
        string? propagation = null;
        IReadOnlyList<MountInfo>? table = null;
        foreach (ContainerMount mount in mounts)
        {
            bool shared = mount.Propagation is "shared" or "rshared";
            bool slave = mount.Propagation is "slave" or "rslave";
            if (mount.Type is not "bind" || !(shared || slave))
            {
                continue;
            }

            table ??= MountInfo.Read();
            MountInfo parent = table.Where(entry => IsBelow(mount.Source, entry.MountPoint)).MaxBy(entry => entry.MountPoint.Length)
                ?? throw new EngineException(ErrorKind.System, $"Can't find mount point of {mount.Source}");
            bool isShared = parent.Propagation.Any(word => word.StartsWith("shared:", StringComparison.Ordinal));
            bool isSlave = parent.Propagation.Any(word => word.StartsWith("master:", StringComparison.Ordinal));
            if (!isShared && (shared || !isSlave))
            {
                throw new EngineException(ErrorKind.System,
                    $"path {mount.Source} is mounted on {parent.MountPoint} but it is not a shared{(shared ? "" : " or slave")} mount");
            }

            propagation = shared ? "shared" : propagation ?? "rslave";
        }

        return propagation;
    }

    private static bool IsBelow(string path, string mountPoint) =>
        mountPoint is "/" || path == mountPoint || path.StartsWith(mountPoint + "/", StringComparison.Ordinal);
}
