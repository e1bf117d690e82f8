using Berth.Linux;
using Berth.Linux.Files;
using Microsoft.Win32.SafeHandles;

namespace Berth.Engine.Snapshots;

/// <summary>The root of a pile of layers looks as its topmost directory does: a new one takes over what was there.</summary>
internal static class RootLooks
{
    public static void Copy(string from, string to)
    {
        FileStatus status = FileCalls.StatusOf(from) ?? throw new LinuxException("statx", Errno.ENOENT, from);
        using SafeFileHandle directory = FileCalls.OpenDirectory(to);
        FileStatus present = FileCalls.Status(directory);
        int errno = 0;
        if ((present.Uid != status.Uid || present.Gid != status.Gid) && Environment.IsPrivilegedProcess)
        {
            errno = FileCalls.TryChangeOwner(directory, status.Uid, status.Gid);
        }

        if (errno == 0 && present.Permissions != status.Permissions)
        {
            errno = FileCalls.TryChangeMode(directory, status.Permissions);
        }

        if (errno != 0)
        {
            throw new LinuxException("fchmod", errno, to);
        }
    }
}
