using Berth.Linux;
using Berth.Linux.Files;
using Berth.Linux.Mounts;
using Berth.Linux.Roots;

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
                using RootDirectory host = RootDirectory.Open("/");
                host.MakeDirectories(mount.Source);
            }
            catch (LinuxException e)
            {
                throw new EngineException(ErrorKind.System, $"error while creating mount source path '{mount.Source}': mkdir {mount.Source}: {e.Reason}", e);
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
            (MountInfo parent, bool isShared, bool isSlave) = PropagationOf(mount.Source, table);
            if (!isShared && (shared || !isSlave))
            {
                throw new EngineException(ErrorKind.System,
                    $"path {mount.Source} is mounted on {parent.MountPoint} but it is not a shared{(shared ? "" : " or slave")} mount");
            }

            propagation = shared ? "shared" : propagation ?? "rslave";
        }

        return propagation;
    }

    /// <summary>
    /// A bind that has the daemon's own data in it must not keep other containers' mounts from being taken off: it follows the host's, where it can.
    /// moby 28: daemon/bindmount_unix.go.
    /// </summary>
    /// <exception cref="EngineException">The user asks for a propagation that would do it.</exception>
    public static ContainerMount WithDaemonRoot(ContainerMount mount, string dataRoot, bool isAsked)
    {
        if (mount.Type is not "bind" || !(IsBelow(mount.Source, dataRoot) || IsBelow(dataRoot, mount.Source)))
        {
            return mount;
        }

        if (isAsked)
        {
            return mount.Propagation is "slave" or "rslave" or "rshared" ? mount : throw MountErrors.DaemonRoot(dataRoot, mount.Source, mount.Propagation);
        }

        (_, bool isShared, bool isSlave) = PropagationOf(mount.Source, MountInfo.Read());
        return isShared || isSlave ? mount with { Propagation = "rslave" } : mount;
    }

    private static (MountInfo Parent, bool IsShared, bool IsSlave) PropagationOf(string source, IReadOnlyList<MountInfo> table)
    {
        MountInfo parent = table.Where(entry => IsBelow(source, entry.MountPoint)).MaxBy(entry => entry.MountPoint.Length)
            ?? throw new EngineException(ErrorKind.System, $"Can't find mount point of {source}");
        return (parent,
            parent.Propagation.Any(word => word.StartsWith("shared:", StringComparison.Ordinal)),
            parent.Propagation.Any(word => word.StartsWith("master:", StringComparison.Ordinal)));
    }

    private static bool IsBelow(string path, string mountPoint) =>
        mountPoint is "/" || path == mountPoint || path.StartsWith(mountPoint + "/", StringComparison.Ordinal);
}
