using System.Globalization;
using Berth.Linux;
using Berth.Linux.Files;
using Berth.Linux.Mounts;
using Microsoft.Win32.SafeHandles;

namespace Berth.Engine.Containers;

/// <summary>What has to be mounted on the host before a container starts, in its own directory: a <c>/dev/shm</c> to share, and parts of volumes.</summary>
/// <remarks>
/// A shareable <c>/dev/shm</c> must be seen from other containers; in the other modes it is a tmpfs of the container's own. A part of a volume is taken hold of
/// here, by descriptors beneath the volume, because the runtime would follow a link that another container puts in its place meanwhile.
/// </remarks>
internal sealed class HostMounts(EnginePaths paths)
{
    /// <summary>Mounts it all; on failure nothing stays.</summary>
    public void Mount(ContainerSpec spec)
    {
        // a crash may have left the last start's
        Unmount(spec);
        try
        {
            if (spec.HostConfig.IpcMode is "shareable")
            {
                string shm = paths.Shm(spec.Id);
                Directory.CreateDirectory(shm);
                MountCalls.Mount(new Mount("tmpfs", "shm",
                    ["noexec", "nosuid", "nodev", "mode=1777", string.Create(CultureInfo.InvariantCulture, $"size={spec.HostConfig.ShmSize}")]), shm);
            }

            for (int index = 0; index < spec.Mounts.Count; index++)
            {
                if (spec.Mounts[index] is { Subpath: { } subpath } mount)
                {
                    MountSubpath(mount, subpath, paths.Subpath(spec.Id, index));
                }
            }
        }
        catch
        {
            Unmount(spec);
            throw;
        }
    }

    /// <summary>What is gone already is no error.</summary>
    public void Unmount(ContainerSpec spec)
    {
        if (spec.HostConfig.IpcMode is "shareable")
        {
            MountCalls.Unmount(paths.Shm(spec.Id), lazy: true);
        }

        for (int index = 0; index < spec.Mounts.Count; index++)
        {
            if (spec.Mounts[index].Subpath is not null)
            {
                MountCalls.Unmount(paths.Subpath(spec.Id, index), lazy: true);
            }
        }
    }

    private static void MountSubpath(ContainerMount mount, string subpath, string target)
    {
        using SafeFileHandle volume = FileCalls.OpenDirectory(mount.Source);
        using SafeFileHandle part = FileCalls.TryOpen(volume, FileCalls.Terminated(subpath), OpenFlags.O_PATH, 0, Resolve.Beneath | Resolve.NoMagicLinks, out int errno)
            ?? throw new EngineException(ErrorKind.InvalidParameter, errno is Errno.ENOENT
                ? $"cannot access path {mount.Source}/{subpath}: no such file or directory"
                : $"path {subpath} escapes from the volume {mount.VolumeName}");
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        if (FileCalls.Status(part).Kind == FileKind.Directory)
        {
            Directory.CreateDirectory(target);
        }
        else
        {
            using FileStream file = File.Open(target, FileMode.OpenOrCreate);
        }

        MountCalls.Mount(new Mount("bind", string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{part.DangerousGetHandle()}"), ["rbind"]), target);
    }
}
