using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Berth.Linux.Files;

public static unsafe partial class FileCalls
{
    private const uint SYNC_FILE_RANGE_WRITE = 2;

    /// <summary>Content and names of a file or directory are on the disk when this returns.</summary>
    public static void Synchronize(SafeHandle file)
    {
        if (fsync(file) < 0)
        {
            throw new LinuxException("fsync", Marshal.GetLastPInvokeError());
        }
    }

    /// <summary>As <see cref="Synchronize(SafeHandle)"/>, for a directory by a path that the caller trusts.</summary>
    public static void SynchronizeDirectory(string path)
    {
        using SafeFileHandle directory = OpenDirectory(path);
        Synchronize(directory);
    }

    /// <summary>All that was written to the file system that holds the file is on the disk when this returns.</summary>
    public static void SynchronizeFileSystem(SafeHandle file)
    {
        if (syncfs(file) < 0)
        {
            throw new LinuxException("syncfs", Marshal.GetLastPInvokeError());
        }
    }

    /// <summary>Begins to write a range back without waiting, so that a later fsync finds little left. A hint: what fails here fails there.</summary>
    public static void BeginWriteBack(SafeHandle file, long offset, long count) =>
        _ = sync_file_range(file, offset, count, SYNC_FILE_RANGE_WRITE);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fsync(SafeHandle file);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int syncfs(SafeHandle file);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int sync_file_range(SafeHandle file, long offset, long count, uint flags);
}
