using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Berth.Linux.Files;

public static unsafe partial class FileCalls
{
    // Source: linux/include/uapi/linux/fs.h
    private const nuint FS_IOC_GETFLAGS = 0x80086601;
    private const nuint FS_IOC_SETFLAGS = 0x40086602;
    private const uint FS_TOPDIR_FL = 0x00020000;

    /// <summary>
    /// Tells the file system that the trees in a directory have nothing to do with each other: ext4 then begins each in a part of
    /// the disk that has room, instead of all in the part of their parent. <c>chattr +T</c>; a path that the caller trusts.
    /// </summary>
    /// <remarks>
    /// It matters most after a removal: ext4 gives no inode out again for some minutes, and each new file searches past all
    /// those removed in its part of the disk. Measured with 25,000 of them: 0.5 ms per file, against 0.04 ms elsewhere.
    /// Source: linux/fs/ext4/ialloc.c, find_group_orlov and recently_deleted.
    /// </remarks>
    /// <returns>0, or why not: file systems that place trees by other rules answer ENOTTY, EOPNOTSUPP or EINVAL.</returns>
    public static int TrySpreadTrees(string directory)
    {
        using SafeFileHandle handle = OpenDirectory(directory);
        uint flags = 0;
        if (ioctl(handle, FS_IOC_GETFLAGS, &flags) < 0)
        {
            return Marshal.GetLastPInvokeError();
        }

        if ((flags & FS_TOPDIR_FL) != 0)
        {
            return 0;
        }

        flags |= FS_TOPDIR_FL;
        return ioctl(handle, FS_IOC_SETFLAGS, &flags) < 0 ? Marshal.GetLastPInvokeError() : 0;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int ioctl(SafeHandle file, nuint request, uint* argument);
}
