using System.Runtime.InteropServices;
using System.Text;

namespace Berth.Linux.Mounts;

/// <summary>Mounting and unmounting.</summary>
public static unsafe partial class MountCalls
{
    private const int MNT_DETACH = 2;
    private const int UMOUNT_NOFOLLOW = 8;

    /// <summary>Flags that a bind mount only takes on a second, remounting call. Source: mount(2), "Creating a bind mount".</summary>
    private const MountFlags BindAttributes = MountFlags.ReadOnly | MountFlags.NoSuid | MountFlags.NoDevices | MountFlags.NoExecute
        | MountFlags.NoAccessTime | MountFlags.NoDirectoryAccessTime | MountFlags.RelativeAccessTime | MountFlags.StrictAccessTime
        | MountFlags.NoSymlinkFollow;

    /// <summary>Carries out a mount.</summary>
    /// <param name="target">An existing directory (a file for a bind of a file); the caller vouches that nobody can bend the path.</param>
    /// <exception cref="LinuxException">With the call that failed; nothing is mounted then.</exception>
    public static void Mount(Mount mount, string target)
    {
        MountOptions options = MountOptions.Parse(mount.Options);
        if (mount.Type == "overlay" && !options.Flags.HasFlag(MountFlags.Remount))
        {
            OverlayMount.Mount(mount.Source, options, target);
        }
        else if (options.IsBind || mount.Type == "bind")
        {
            BindMount(mount.Source, options, target);
        }
        else
        {
            Call(mount.Source, target, mount.Type, options.Flags, string.Join(',', options.Data));
        }

        if (options.Propagation != 0)
        {
            try
            {
                Call(null, target, null, options.Propagation, null);
            }
            catch (LinuxException)
            {
                Unmount(target, lazy: true);
                throw;
            }
        }
    }

    /// <summary>Changes how mounts below <paramref name="target"/> propagate; the kernel lets no other flag ride along.</summary>
    /// <param name="propagation">Shared, Slave, Private or Unbindable, with or without Recursive.</param>
    public static void SetPropagation(string target, MountFlags propagation) => Call(null, target, null, propagation, null);

    /// <summary>Takes the topmost mount off; a target on which nothing is mounted is no error.</summary>
    /// <param name="lazy">Detach at once although somebody uses it; the kernel ends it with the last user.</param>
    /// <exception cref="LinuxException">EBUSY, where not <paramref name="lazy"/>.</exception>
    public static void Unmount(string target, bool lazy)
    {
        if (umount2(target, UMOUNT_NOFOLLOW | (lazy ? MNT_DETACH : 0)) < 0)
        {
            int errno = Marshal.GetLastPInvokeError();
            if (errno is not (Errno.EINVAL or Errno.ENOENT))
            {
                throw new LinuxException("umount2", errno, target);
            }
        }
    }

    /// <summary>Whether something is mounted exactly there.</summary>
    public static bool IsMountPoint(string path) => MountInfo.Read().Any(m => m.MountPoint == path);

    private static void BindMount(string source, MountOptions options, string target)
    {
        Call(source, target, null, MountFlags.Bind | (options.Flags & MountFlags.Recursive), null);
        MountFlags attributes = options.Flags & BindAttributes;
        if (attributes == 0)
        {
            return;
        }

        try
        {
            // what the source's mount forbids stays forbidden: in a user namespace the kernel refuses to lift it
            MountFlags inherited = InheritedAttributes(target);
            Call(null, target, null, MountFlags.Bind | MountFlags.Remount | attributes | inherited, null);
        }
        catch (LinuxException)
        {
            Unmount(target, lazy: true);
            throw;
        }
    }

    private static MountFlags InheritedAttributes(string target)
    {
        const int ST_NOSUID = 2, ST_NODEV = 4, ST_NOEXEC = 8;
        var space = new DriveStatistics();
        if (statvfs(target, ref space) < 0)
        {
            throw new LinuxException("statvfs", Marshal.GetLastPInvokeError(), target);
        }

        return ((space.Flags & ST_NOSUID) != 0 ? MountFlags.NoSuid : 0)
            | ((space.Flags & ST_NODEV) != 0 ? MountFlags.NoDevices : 0)
            | ((space.Flags & ST_NOEXEC) != 0 ? MountFlags.NoExecute : 0);
    }

    internal static void Call(string? source, string target, string? type, MountFlags flags, string? data)
    {
        if (mount(source, target, type, (nuint)(ulong)flags, string.IsNullOrEmpty(data) ? null : Encoding.UTF8.GetBytes(data + '\0')) < 0)
        {
            throw new LinuxException("mount", Marshal.GetLastPInvokeError(), target);
        }
    }

    /// <summary>Source: glibc bits/statvfs.h for 64-bit systems.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 112)]
    private struct DriveStatistics
    {
        public ulong BlockSize, FragmentSize, Blocks, FreeBlocks, AvailableBlocks, Files, FreeFiles, AvailableFiles, FileSystemId, Flags, NameMaximum;
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int mount(string? source, string target, string? type, nuint flags, byte[]? data);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int umount2(string target, int flags);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statvfs(string path, ref DriveStatistics statistics);
}
