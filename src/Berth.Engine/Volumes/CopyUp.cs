using Berth.Engine.Containers;
using Berth.Linux.Files;
using Berth.Linux.Roots;
using Microsoft.Win32.SafeHandles;

namespace Berth.Engine.Volumes;

/// <summary>Fills a container's empty volumes with what its image has at their destinations.</summary>
internal static class CopyUp
{
    /// <summary>Whether any of <paramref name="mounts"/> is to be filled: the root has to be mounted for it.</summary>
    public static bool IsNeeded(IReadOnlyList<ContainerMount> mounts) => mounts.Any(IsToBeFilled);

    /// <summary>Runs while the container is created. The directory's own owner and mode are copied even where it is empty; a volume with content is left alone.</summary>
    /// <param name="rootFsPath">Where the container's root file system is mounted.</param>
    public static void Run(string rootFsPath, IReadOnlyList<ContainerMount> mounts)
    {
        using RootDirectory root = RootDirectory.Open(rootFsPath);
        foreach (ContainerMount mount in mounts.Where(IsToBeFilled))
        {
            using SafeFileHandle? source = root.TryOpenDirectory(mount.Destination);
            if (source is not null)
            {
                using SafeFileHandle destination = FileCalls.OpenDirectory(mount.Source);
                TreeCopy.CopyContent(source, destination);
            }
        }
    }

    private static bool IsToBeFilled(ContainerMount mount) =>
        mount is { Type: "volume", CopyUp: true, Subpath: null } && Directory.Exists(mount.Source) && !Directory.EnumerateFileSystemEntries(mount.Source).Any();
}
