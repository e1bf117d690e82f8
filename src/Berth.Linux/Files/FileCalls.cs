using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Berth.Linux.Files;

/// <summary>File system calls relative to open directories, for paths that nobody may bend.</summary>
/// <remarks>
/// A name is bytes with a NUL at the end (<see cref="Terminated(string)"/>): Linux file names need not be UTF-8, and images bring such.
/// A method that starts with <c>Try</c> returns the errno, 0 for success; the others throw <see cref="LinuxException"/>.
/// </remarks>
public static unsafe partial class FileCalls
{
    /// <summary>Stands for the working directory where a directory's descriptor is asked. Source: fcntl.h.</summary>
    internal const int AT_FDCWD = -100;
    private const int AT_SYMLINK_NOFOLLOW = 0x100;
    private const int AT_EMPTY_PATH = 0x1000;
    private const long SYS_openat2 = 437;

    /// <summary>The permission bits that this process's umask takes from what it creates.</summary>
    public static int Umask { get; } = ReadUmask();

    /// <summary>A name as system calls take it.</summary>
    public static byte[] Terminated(ReadOnlySpan<byte> name)
    {
        byte[] terminated = new byte[name.Length + 1];
        name.CopyTo(terminated);
        return terminated;
    }

    public static byte[] Terminated(string name) => Encoding.UTF8.GetBytes(name + '\0');

    /// <summary>Text of a name for messages; without its NUL.</summary>
    public static string Text(ReadOnlySpan<byte> name)
    {
        int end = name.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? name : name[..end]);
    }

    /// <summary>Opens a directory by a path that the caller trusts.</summary>
    public static SafeFileHandle OpenDirectory(string path)
    {
        int fd = open(path, OpenFlags.O_RDONLY | OpenFlags.O_DIRECTORY | OpenFlags.O_CLOEXEC, 0);
        return fd < 0 ? throw new LinuxException("open", Marshal.GetLastPInvokeError(), path) : new SafeFileHandle(fd, ownsHandle: true);
    }

    /// <summary>Opens <paramref name="path"/> under <paramref name="directory"/>, going no further than <paramref name="resolve"/> lets it.</summary>
    /// <param name="path">Relative, or absolute with <see cref="Resolve.InRoot"/>; NUL-terminated.</param>
    /// <returns>Null and the errno where it failed. Kernel ≥ 5.6.</returns>
    public static SafeFileHandle? TryOpen(SafeHandle directory, ReadOnlySpan<byte> path, int flags, int mode, Resolve resolve, out int errno)
    {
        var how = new OpenHow
        {
            Flags = (uint)(flags | OpenFlags.O_CLOEXEC),
            Mode = (flags & OpenFlags.O_CREAT) != 0 ? (ulong)mode : 0,
            Resolve = (ulong)resolve,
        };
        bool added = false;
        try
        {
            directory.DangerousAddRef(ref added);
            fixed (byte* pointer = path)
            {
                while (true)
                {
                    long fd = syscall_openat2(SYS_openat2, (int)directory.DangerousGetHandle(), pointer, &how, (nuint)sizeof(OpenHow));
                    errno = fd < 0 ? Marshal.GetLastPInvokeError() : 0;
                    if (fd >= 0)
                    {
                        return new SafeFileHandle((nint)fd, ownsHandle: true);
                    }

                    // a rename somewhere on the way can make "beneath" undecidable for a moment: openat2(2), EAGAIN
                    if (errno is not (Errno.EAGAIN or Errno.EINTR) || (errno == Errno.EAGAIN && (flags & OpenFlags.O_NONBLOCK) != 0))
                    {
                        return null;
                    }
                }
            }
        }
        finally
        {
            if (added)
            {
                directory.DangerousRelease();
            }
        }
    }

    /// <summary>As <see cref="TryOpen(SafeHandle, ReadOnlySpan{byte}, int, int, Resolve, out int)"/>, failing with the path in the message.</summary>
    public static SafeFileHandle Open(SafeHandle directory, ReadOnlySpan<byte> path, int flags, int mode, Resolve resolve) =>
        TryOpen(directory, path, flags, mode, resolve, out int errno) ?? throw new LinuxException("openat2", errno, Text(path));

    /// <summary>Opens one name in a directory; never follows a link in its place.</summary>
    public static SafeFileHandle? TryOpenChild(SafeHandle directory, ReadOnlySpan<byte> name, int flags, int mode, out int errno)
    {
        int fd;
        do
        {
            fd = openat(directory, name, flags | OpenFlags.O_CLOEXEC | OpenFlags.O_NOFOLLOW, mode);
            errno = fd < 0 ? Marshal.GetLastPInvokeError() : 0;
        }
        while (errno == Errno.EINTR);

        return fd < 0 ? null : new SafeFileHandle(fd, ownsHandle: true);
    }

    /// <summary>Writes all of <paramref name="content"/> at the file's position.</summary>
    /// <exception cref="LinuxException">ENOSPC and the like.</exception>
    public static void Write(SafeFileHandle file, ReadOnlySpan<byte> content)
    {
        while (content.Length > 0)
        {
            nint written = write(file, content, (nuint)content.Length);
            if (written < 0)
            {
                int errno = Marshal.GetLastPInvokeError();
                if (errno == Errno.EINTR)
                {
                    continue;
                }

                throw new LinuxException("write", errno);
            }

            content = content[(int)written..];
        }
    }

    /// <summary>Bytes read at the file's position; 0 at its end.</summary>
    public static int Read(SafeFileHandle file, Span<byte> buffer)
    {
        while (true)
        {
            nint count = read(file, buffer, (nuint)buffer.Length);
            if (count >= 0)
            {
                return (int)count;
            }

            int errno = Marshal.GetLastPInvokeError();
            if (errno != Errno.EINTR)
            {
                throw new LinuxException("read", errno);
            }
        }
    }

    /// <summary>Moves the position, past the end too: what is skipped becomes a hole.</summary>
    public static void Seek(SafeFileHandle file, long offset)
    {
        if (lseek(file, offset, 0) < 0)
        {
            throw new LinuxException("lseek", Marshal.GetLastPInvokeError());
        }
    }

    public static void Truncate(SafeFileHandle file, long size)
    {
        if (ftruncate(file, size) < 0)
        {
            throw new LinuxException("ftruncate", Marshal.GetLastPInvokeError());
        }
    }

    private static int ReadUmask()
    {
        foreach (string line in File.ReadLines("/proc/self/status"))
        {
            if (line.StartsWith("Umask:", StringComparison.Ordinal))
            {
                return Convert.ToInt32(line["Umask:".Length..].Trim(), 8);
            }
        }

        return 0x1FF;
    }

    private struct OpenHow
    {
        public ulong Flags;
        public ulong Mode;
        public ulong Resolve;
    }

    [LibraryImport("libc", SetLastError = true, EntryPoint = "syscall")]
    private static partial long syscall_openat2(long number, int directory, byte* path, OpenHow* how, nuint size);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags, int mode);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int openat(SafeHandle directory, ReadOnlySpan<byte> path, int flags, int mode);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint write(SafeHandle file, ReadOnlySpan<byte> buffer, nuint count);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint read(SafeHandle file, Span<byte> buffer, nuint count);

    [LibraryImport("libc", SetLastError = true)]
    private static partial long lseek(SafeHandle file, long offset, int whence);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int ftruncate(SafeHandle file, long length);
}
