using System.Runtime.InteropServices;

namespace Berth.Linux.Files;

public static unsafe partial class FileCalls
{
    private const uint STATX_BASIC_STATS = 0x7FF;

    /// <summary>Looks at one name in a directory; a symbolic link is looked at itself.</summary>
    /// <returns>Null and the errno where it failed.</returns>
    public static FileStatus? TryStatus(SafeHandle directory, ReadOnlySpan<byte> name, out int errno)
    {
        bool failed = statx(directory, name, AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS, out StatxBuffer buffer) < 0;
        errno = failed ? Marshal.GetLastPInvokeError() : 0;
        return failed ? null : buffer.ToStatus();
    }

    /// <summary>Looks at an open file, one that is open with O_PATH too.</summary>
    public static FileStatus Status(SafeHandle file) =>
        statx(file, "\0"u8, AT_EMPTY_PATH, STATX_BASIC_STATS, out StatxBuffer buffer) < 0
            ? throw new LinuxException("statx", Marshal.GetLastPInvokeError())
            : buffer.ToStatus();

    /// <summary>Looks at a path that the caller trusts; a link at its end is looked at itself. Null where nothing is there.</summary>
    public static FileStatus? StatusOf(string path)
    {
        if (statx_path(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS, out StatxBuffer buffer) == 0)
        {
            return buffer.ToStatus();
        }

        int errno = Marshal.GetLastPInvokeError();
        return errno is Errno.ENOENT or Errno.ENOTDIR ? null : throw new LinuxException("statx", errno, path);
    }

    /// <summary>Changes the owner of an open file. The kernel clears setuid and setgid: set the mode after it.</summary>
    public static int TryChangeOwner(SafeHandle file, uint uid, uint gid) =>
        fchown(file, uid, gid) < 0 ? Marshal.GetLastPInvokeError() : 0;

    /// <summary>Changes the owner of a name; of a symbolic link itself.</summary>
    public static int TryChangeOwner(SafeHandle directory, ReadOnlySpan<byte> name, uint uid, uint gid) =>
        fchownat(directory, name, uid, gid, AT_SYMLINK_NOFOLLOW) < 0 ? Marshal.GetLastPInvokeError() : 0;

    public static int TryChangeMode(SafeHandle file, int permissions) =>
        fchmod(file, (uint)permissions) < 0 ? Marshal.GetLastPInvokeError() : 0;

    /// <summary>Changes the mode of a name that is no symbolic link; the caller has made it itself just before, or knows its kind.</summary>
    public static int TryChangeMode(SafeHandle directory, ReadOnlySpan<byte> name, int permissions) =>
        fchmodat(directory, name, (uint)permissions, 0) < 0 ? Marshal.GetLastPInvokeError() : 0;

    public static int TrySetTimes(SafeHandle file, FileTime accessed, FileTime modified)
    {
        TimeSpec* times = stackalloc TimeSpec[2] { new(accessed), new(modified) };
        return futimens(file, times) < 0 ? Marshal.GetLastPInvokeError() : 0;
    }

    /// <summary>Sets the times of a name; of a symbolic link itself.</summary>
    public static int TrySetTimes(SafeHandle directory, ReadOnlySpan<byte> name, FileTime accessed, FileTime modified)
    {
        TimeSpec* times = stackalloc TimeSpec[2] { new(accessed), new(modified) };
        return utimensat(directory, name, times, AT_SYMLINK_NOFOLLOW) < 0 ? Marshal.GetLastPInvokeError() : 0;
    }

    private readonly struct TimeSpec(FileTime time)
    {
        public readonly nint Seconds = (nint)time.Seconds;
        public readonly nint Nanoseconds = time.Nanoseconds;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int statx(SafeHandle directory, ReadOnlySpan<byte> path, int flags, uint mask, out StatxBuffer buffer);

    [LibraryImport("libc", SetLastError = true, EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statx_path(int directory, string path, int flags, uint mask, out StatxBuffer buffer);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fchown(SafeHandle file, uint uid, uint gid);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fchownat(SafeHandle directory, ReadOnlySpan<byte> path, uint uid, uint gid, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fchmod(SafeHandle file, uint mode);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fchmodat(SafeHandle directory, ReadOnlySpan<byte> path, uint mode, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int futimens(SafeHandle file, TimeSpec* times);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int utimensat(SafeHandle directory, ReadOnlySpan<byte> path, TimeSpec* times, int flags);
}
