using System.Runtime.InteropServices;

namespace Berth.Linux.Descriptors;

/// <summary>System calls on descriptors that neither allocate nor throw where a caller must go on: they answer a count, or minus errno.</summary>
/// <remarks>For programs that live from <c>poll</c> and may not pull in the BCL's streams; others use <see cref="System.IO"/>.</remarks>
public static unsafe partial class DescriptorCalls
{
    // Source: linux/include/uapi/asm-generic/fcntl.h; the values are the same on x86-64 and arm64.
    public const int O_RDONLY = 0;
    public const int O_WRONLY = 1;
    public const int O_RDWR = 2;
    public const int O_CREAT = 0x40;
    public const int O_EXCL = 0x80;
    public const int O_TRUNC = 0x200;
    public const int O_APPEND = 0x400;
    public const int O_NONBLOCK = 0x800;
    public const int O_CLOEXEC = 0x80000;

    private const int F_GETFL = 3;
    private const int F_SETFL = 4;
    private const int F_DUPFD_CLOEXEC = 1030;
    private const int SEEK_END = 2;

    /// <exception cref="LinuxException">The file cannot be opened.</exception>
    public static Descriptor Open(string path, int flags, int mode = 0)
    {
        int number = OpenNative(path, flags | O_CLOEXEC, mode);
        int errno = Marshal.GetLastPInvokeError();
        return number >= 0 ? new Descriptor(number) : throw new LinuxException("open", errno, path);
    }

    /// <summary>A pipe; both ends are blocking and closed on exec.</summary>
    public static (Descriptor Reader, Descriptor Writer) CreatePipe()
    {
        int* ends = stackalloc int[2];
        int result = Pipe2(ends, O_CLOEXEC);
        int errno = Marshal.GetLastPInvokeError();
        return result == 0 ? (new Descriptor(ends[0]), new Descriptor(ends[1])) : throw new LinuxException("pipe2", errno);
    }

    /// <summary>Sets O_NONBLOCK, which belongs to the open file description: whoever shares it is changed too.</summary>
    public static void SetNonBlocking(Descriptor descriptor)
    {
        int flags = Fcntl(descriptor.Number, F_GETFL, 0);
        if (flags < 0 || Fcntl(descriptor.Number, F_SETFL, flags | O_NONBLOCK) < 0)
        {
            throw new LinuxException("fcntl", Marshal.GetLastPInvokeError());
        }
    }

    /// <summary>A second number for the same open file.</summary>
    public static Descriptor Duplicate(Descriptor descriptor)
    {
        int number = Fcntl(descriptor.Number, F_DUPFD_CLOEXEC, 0);
        int errno = Marshal.GetLastPInvokeError();
        return number >= 0 ? new Descriptor(number) : throw new LinuxException("fcntl F_DUPFD_CLOEXEC", errno);
    }

    /// <summary>Makes a number that the process has from its start (0, 1, 2) stand for the same open file.</summary>
    public static void DuplicateTo(Descriptor descriptor, int number)
    {
        int result = Dup2(descriptor.Number, number);
        int errno = Marshal.GetLastPInvokeError();
        if (result < 0)
        {
            throw new LinuxException("dup2", errno);
        }
    }

    /// <returns>Bytes read, 0 at the end, or minus errno; EINTR is retried.</returns>
    public static int Read(Descriptor descriptor, Span<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            while (true)
            {
                nint count = ReadNative(descriptor.Number, start, (nuint)buffer.Length);
                int errno = Marshal.GetLastPInvokeError();
                if (count >= 0)
                {
                    return (int)count;
                }

                if (errno != Errno.EINTR)
                {
                    return -errno;
                }
            }
        }
    }

    /// <summary>Reads at a place without moving the file's position.</summary>
    public static int ReadAt(Descriptor descriptor, Span<byte> buffer, long offset)
    {
        fixed (byte* start = buffer)
        {
            nint count = PRead(descriptor.Number, start, (nuint)buffer.Length, offset);
            int errno = Marshal.GetLastPInvokeError();
            return count >= 0 ? (int)count : -errno;
        }
    }

    /// <returns>Bytes written, or minus errno; EINTR is retried.</returns>
    public static int Write(Descriptor descriptor, ReadOnlySpan<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            while (true)
            {
                nint count = WriteNative(descriptor.Number, start, (nuint)buffer.Length);
                int errno = Marshal.GetLastPInvokeError();
                if (count >= 0)
                {
                    return (int)count;
                }

                if (errno != Errno.EINTR)
                {
                    return -errno;
                }
            }
        }
    }

    /// <summary>Writes everything to a blocking descriptor.</summary>
    /// <returns>0, or minus errno; what was written before an error stays written.</returns>
    public static int WriteAll(Descriptor descriptor, ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            int count = Write(descriptor, buffer);
            if (count < 0)
            {
                return count;
            }

            buffer = buffer[count..];
        }

        return 0;
    }

    /// <summary>A file's length in bytes, or minus errno; moves the position to the end.</summary>
    public static long Length(Descriptor descriptor)
    {
        long length = LSeek(descriptor.Number, 0, SEEK_END);
        int errno = Marshal.GetLastPInvokeError();
        return length >= 0 ? length : -errno;
    }

    /// <returns>0, or minus errno.</returns>
    public static int Rename(string from, string to)
    {
        int result = RenameNative(from, to);
        int errno = Marshal.GetLastPInvokeError();
        return result == 0 ? 0 : -errno;
    }

    /// <returns>0, or minus errno.</returns>
    public static int Unlink(string path)
    {
        int result = UnlinkNative(path);
        int errno = Marshal.GetLastPInvokeError();
        return result == 0 ? 0 : -errno;
    }

    /// <returns>0, or minus errno.</returns>
    public static int MakeDirectory(string path, int mode)
    {
        int result = MkDir(path, mode);
        int errno = Marshal.GetLastPInvokeError();
        return result == 0 ? 0 : -errno;
    }

    /// <exception cref="LinuxException">The directory cannot be entered.</exception>
    public static void ChangeDirectory(string path)
    {
        int result = ChDir(path);
        int errno = Marshal.GetLastPInvokeError();
        if (result != 0)
        {
            throw new LinuxException("chdir", errno, path);
        }
    }

    /// <summary>Replaces a file whole: readers see the old content or the new, never a part.</summary>
    /// <exception cref="LinuxException">It could not be written; the old content stands.</exception>
    public static void WriteFile(string path, ReadOnlySpan<byte> content, int mode)
    {
        string temporary = path + ".new";
        int error;
        using (Descriptor file = Open(temporary, O_WRONLY | O_CREAT | O_TRUNC, mode))
        {
            error = WriteAll(file, content);
        }

        if (error == 0)
        {
            error = Rename(temporary, path);
        }

        if (error != 0)
        {
            _ = Unlink(temporary);
            throw new LinuxException("write", -error, path);
        }
    }

    /// <summary>A small file's content, cut at the buffer's end; minus errno where it cannot be read.</summary>
    public static int ReadFile(string path, Span<byte> buffer)
    {
        int number = OpenNative(path, O_RDONLY | O_CLOEXEC, 0);
        int errno = Marshal.GetLastPInvokeError();
        if (number < 0)
        {
            return -errno;
        }

        using var file = new Descriptor(number);
        int length = 0;
        while (length < buffer.Length)
        {
            int count = Read(file, buffer[length..]);
            if (count <= 0)
            {
                return count < 0 ? count : length;
            }

            length += count;
        }

        return length;
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenNative(string path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "pipe2", SetLastError = true)]
    private static partial int Pipe2(int* ends, int flags);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Fcntl(int fd, int command, int argument);

    [LibraryImport("libc", EntryPoint = "dup2", SetLastError = true)]
    private static partial int Dup2(int from, int to);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint ReadNative(int fd, byte* buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "pread", SetLastError = true)]
    private static partial nint PRead(int fd, byte* buffer, nuint count, long offset);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint WriteNative(int fd, byte* buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "lseek", SetLastError = true)]
    private static partial long LSeek(int fd, long offset, int whence);

    [LibraryImport("libc", EntryPoint = "rename", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RenameNative(string from, string to);

    [LibraryImport("libc", EntryPoint = "unlink", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int UnlinkNative(string path);

    [LibraryImport("libc", EntryPoint = "mkdir", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MkDir(string path, int mode);

    [LibraryImport("libc", EntryPoint = "chdir", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ChDir(string path);
}
