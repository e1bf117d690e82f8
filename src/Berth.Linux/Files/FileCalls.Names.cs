using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Berth.Linux.Files;

public static unsafe partial class FileCalls
{
    private const int AT_REMOVEDIR = 0x200;
    private const uint RENAME_NOREPLACE = 1;

    public static int TryMakeDirectory(SafeHandle directory, ReadOnlySpan<byte> name, int mode) =>
        mkdirat(directory, name, (uint)mode) < 0 ? Marshal.GetLastPInvokeError() : 0;

    /// <param name="kind">A device, fifo, socket or (as char device 0/0) a whiteout.</param>
    public static int TryMakeNode(SafeHandle directory, ReadOnlySpan<byte> name, FileKind kind, int mode, uint major, uint minor) =>
        mknodat(directory, name, (uint)kind | (uint)mode, DeviceNumber(major, minor)) < 0 ? Marshal.GetLastPInvokeError() : 0;

    /// <param name="target">What the link says, NUL-terminated; it is not looked at.</param>
    public static int TryMakeSymbolicLink(SafeHandle directory, ReadOnlySpan<byte> name, ReadOnlySpan<byte> target) =>
        symlinkat(target, directory, name) < 0 ? Marshal.GetLastPInvokeError() : 0;

    /// <summary>Gives a file a second name. A symbolic link is not followed: the link itself gets the name.</summary>
    public static int TryMakeHardLink(SafeHandle fromDirectory, ReadOnlySpan<byte> fromName, SafeHandle toDirectory, ReadOnlySpan<byte> toName) =>
        linkat(fromDirectory, fromName, toDirectory, toName, 0) < 0 ? Marshal.GetLastPInvokeError() : 0;

    public static int TryRemoveFile(SafeHandle directory, ReadOnlySpan<byte> name) =>
        unlinkat(directory, name, 0) < 0 ? Marshal.GetLastPInvokeError() : 0;

    public static int TryRemoveDirectory(SafeHandle directory, ReadOnlySpan<byte> name) =>
        unlinkat(directory, name, AT_REMOVEDIR) < 0 ? Marshal.GetLastPInvokeError() : 0;

    /// <summary>Renames by paths that the caller trusts; what is at the new name is replaced, as rename(2) does.</summary>
    public static void Rename(string from, string to)
    {
        if (rename(from, to) < 0)
        {
            throw new LinuxException("rename", Marshal.GetLastPInvokeError(), from);
        }
    }

    /// <summary>Renames within open directories; EEXIST where the new name is taken.</summary>
    public static int TryRenameNew(SafeHandle fromDirectory, ReadOnlySpan<byte> fromName, SafeHandle toDirectory, ReadOnlySpan<byte> toName) =>
        renameat2(fromDirectory, fromName, toDirectory, toName, RENAME_NOREPLACE) < 0 ? Marshal.GetLastPInvokeError() : 0;

    /// <summary>What a symbolic link says, without NUL.</summary>
    public static byte[] ReadLink(SafeHandle directory, ReadOnlySpan<byte> name)
    {
        byte[] buffer = new byte[4096];
        nint length = readlinkat(directory, name, buffer, (nuint)buffer.Length);
        return length < 0 ? throw new LinuxException("readlinkat", Marshal.GetLastPInvokeError(), Text(name)) : buffer[..(int)length];
    }

    /// <summary>Removes whatever the name stands for, a tree with all that is in it.</summary>
    /// <remarks>Goes by descriptors, follows no link and enters no mount: one below makes it fail with EXDEV.</remarks>
    /// <exception cref="LinuxException">Something could not be removed; a name that is not there is no error.</exception>
    public static void RemoveTree(SafeHandle directory, ReadOnlySpan<byte> name)
    {
        int errno = TryRemoveFile(directory, name);
        if (errno is 0 or Errno.ENOENT)
        {
            return;
        }

        // Linux answers EISDIR for a directory, some file systems EPERM
        if (errno is not (Errno.EISDIR or Errno.EPERM))
        {
            throw new LinuxException("unlinkat", errno, Text(name));
        }

        const Resolve onlyHere = Resolve.Beneath | Resolve.NoCrossDevice | Resolve.NoSymlinks;
        using (SafeFileHandle? child = TryOpen(directory, name, OpenFlags.O_RDONLY | OpenFlags.O_DIRECTORY, 0, onlyHere, out int openErrno))
        {
            if (child is null)
            {
                throw new LinuxException("openat", openErrno is Errno.ENOTDIR or Errno.ELOOP ? errno : openErrno, Text(name));
            }

            foreach (DirectoryEntry entry in DirectoryReader.Read(child))
            {
                RemoveTree(child, entry.Name);
            }
        }

        errno = TryRemoveDirectory(directory, name);
        if (errno is not (0 or Errno.ENOENT))
        {
            throw new LinuxException("unlinkat", errno, Text(name));
        }
    }

    /// <summary>As <see cref="RemoveTree(SafeHandle, ReadOnlySpan{byte})"/>, by a path that the caller trusts.</summary>
    public static void RemoveTree(string path)
    {
        string parent = Path.GetDirectoryName(path) ?? throw new ArgumentException("the root cannot be removed", nameof(path));
        if (!Directory.Exists(parent))
        {
            return;
        }

        using SafeFileHandle directory = OpenDirectory(parent);
        RemoveTree(directory, Terminated(Path.GetFileName(path)));
    }

    /// <summary>Source: glibc sysmacros.h, gnu_dev_makedev.</summary>
    private static ulong DeviceNumber(uint major, uint minor) =>
        ((ulong)(major & 0xFFFFF000) << 32) | ((ulong)(major & 0xFFF) << 8) | ((ulong)(minor & 0xFFFFFF00) << 12) | (minor & 0xFF);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int mkdirat(SafeHandle directory, ReadOnlySpan<byte> path, uint mode);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int mknodat(SafeHandle directory, ReadOnlySpan<byte> path, uint mode, ulong device);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int symlinkat(ReadOnlySpan<byte> target, SafeHandle directory, ReadOnlySpan<byte> path);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int linkat(SafeHandle fromDirectory, ReadOnlySpan<byte> from, SafeHandle toDirectory, ReadOnlySpan<byte> to, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int unlinkat(SafeHandle directory, ReadOnlySpan<byte> path, int flags);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int rename(string from, string to);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int renameat2(SafeHandle fromDirectory, ReadOnlySpan<byte> from, SafeHandle toDirectory, ReadOnlySpan<byte> to, uint flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint readlinkat(SafeHandle directory, ReadOnlySpan<byte> path, Span<byte> buffer, nuint size);
}
