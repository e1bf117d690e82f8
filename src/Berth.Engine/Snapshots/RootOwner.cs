using Berth.Linux;
using Berth.Linux.Files;
using Microsoft.Win32.SafeHandles;

namespace Berth.Engine.Snapshots;

/// <summary>A container's root directory belongs to whom the image's does; its mode is 0755, whatever the image says.</summary>
/// <remarks>As Docker has it: an archive of a private directory must not shut out a container's unprivileged user. containerd: snapshots/overlay, createSnapshot.</remarks>
internal static class RootOwner
{
    public static void Copy(string from, string to)
    {
        FileStatus status = FileCalls.StatusOf(from) ?? throw new LinuxException("statx", Errno.ENOENT, from);
        using SafeFileHandle directory = FileCalls.OpenDirectory(to);
        FileStatus present = FileCalls.Status(directory);
        if ((present.Uid != status.Uid || present.Gid != status.Gid) && Environment.IsPrivilegedProcess
            && FileCalls.TryChangeOwner(directory, status.Uid, status.Gid) is var errno and not 0)
        {
            throw new LinuxException("fchown", errno, to);
        }
    }
}
