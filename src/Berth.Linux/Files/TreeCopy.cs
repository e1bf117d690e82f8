using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Berth.Linux.Files;

/// <summary>Copies a directory with all that makes files what they are: owner, mode, times, extended attributes, hard links, devices.</summary>
/// <remarks>
/// Goes by descriptors and follows no link on either side, so that whoever else can write to the destination cannot lead it elsewhere. Sockets are left out:
/// nobody listens on a copy.
/// </remarks>
public sealed unsafe partial class TreeCopy
{
    private readonly SafeFileHandle _root;
    private readonly Dictionary<(uint, uint, ulong), (byte[] Directory, byte[] Name)> _links = [];

    private TreeCopy(SafeFileHandle root) => _root = root;

    /// <summary>Copies what is in <paramref name="source"/>, and its own owner, mode, attributes and times onto <paramref name="destination"/>.</summary>
    /// <exception cref="LinuxException">What is copied by then stays.</exception>
    public static void CopyContent(SafeFileHandle source, SafeFileHandle destination) =>
        new TreeCopy(destination).CopyDirectory(source, destination, "."u8.ToArray());

    private void CopyDirectory(SafeFileHandle source, SafeFileHandle destination, byte[] path)
    {
        foreach (DirectoryEntry entry in DirectoryReader.Read(source))
        {
            if (FileCalls.TryStatus(source, entry.Name, out int errno) is not { } status)
            {
                throw new LinuxException("statx", errno, FileCalls.Text(entry.Name));
            }

            CopyEntry(source, destination, path, entry.Name, status);
        }

        // last: filling a directory changes its times, and a mode without w would keep us out were we not root
        FileStatus own = FileCalls.Status(source);
        CopyAttributes(source, "."u8, destination, "."u8);
        Check("fchown", FileCalls.TryChangeOwner(destination, own.Uid, own.Gid));
        Check("fchmod", FileCalls.TryChangeMode(destination, own.Permissions));
        Check("futimens", FileCalls.TrySetTimes(destination, own.Accessed, own.Modified));
    }

    private void CopyEntry(SafeFileHandle source, SafeFileHandle destination, byte[] path, byte[] name, FileStatus status)
    {
        switch (status.Kind)
        {
            case FileKind.Socket:
                return;
            case FileKind.Directory:
                Check("mkdirat", FileCalls.TryMakeDirectory(destination, name, 0b111_000_000), name);
                using (SafeFileHandle from = OpenDirectory(source, name))
                using (SafeFileHandle to = OpenDirectory(destination, name))
                {
                    CopyDirectory(from, to, [.. path, (byte)'/', .. name.AsSpan(0, name.Length - 1)]);
                }

                return;
        }

        var identity = (status.DeviceMajor, status.DeviceMinor, status.Inode);
        if (status.LinkCount > 1 && _links.TryGetValue(identity, out (byte[] Directory, byte[] Name) first))
        {
            using SafeFileHandle directory = FileCalls.Open(_root, FileCalls.Terminated(first.Directory),
                OpenFlags.O_PATH | OpenFlags.O_DIRECTORY, 0, Resolve.Beneath | Resolve.NoSymlinks);
            Check("linkat", FileCalls.TryMakeHardLink(directory, first.Name, destination, name), name);
            return;
        }

        if (status.Kind == FileKind.Regular)
        {
            CopyFile(source, destination, name, status);
        }
        else
        {
            CopyNode(source, destination, name, status);
        }

        if (status.LinkCount > 1)
        {
            _links[identity] = (path, name);
        }
    }

    private static void CopyFile(SafeFileHandle source, SafeFileHandle destination, byte[] name, FileStatus status)
    {
        using SafeFileHandle from = FileCalls.TryOpenChild(source, name, OpenFlags.O_RDONLY | OpenFlags.O_NONBLOCK, 0, out int errno)
            ?? throw new LinuxException("openat", errno, FileCalls.Text(name));
        using SafeFileHandle to = FileCalls.TryOpenChild(destination, name, OpenFlags.O_WRONLY | OpenFlags.O_CREAT | OpenFlags.O_EXCL, 0b110_000_000, out errno)
            ?? throw new LinuxException("openat", errno, FileCalls.Text(name));
        CopyBytes(from, to);
        Check("fchown", FileCalls.TryChangeOwner(to, status.Uid, status.Gid), name);
        CopyAttributes(source, name, destination, name);
        Check("fchmod", FileCalls.TryChangeMode(to, status.Permissions), name);
        Check("futimens", FileCalls.TrySetTimes(to, status.Accessed, status.Modified), name);
    }

    private static void CopyNode(SafeFileHandle source, SafeFileHandle destination, byte[] name, FileStatus status)
    {
        bool isLink = status.Kind == FileKind.SymbolicLink;
        int errno = isLink
            ? FileCalls.TryMakeSymbolicLink(destination, name, FileCalls.Terminated(FileCalls.ReadLink(source, name)))
            : FileCalls.TryMakeNode(destination, name, status.Kind, status.Permissions, status.NodeMajor, status.NodeMinor);
        Check(isLink ? "symlinkat" : "mknodat", errno, name);
        Check("fchownat", FileCalls.TryChangeOwner(destination, name, status.Uid, status.Gid), name);
        CopyAttributes(source, name, destination, name);
        if (!isLink)
        {
            ChangeNodeMode(destination, name, status);
        }

        Check("utimensat", FileCalls.TrySetTimes(destination, name, status.Accessed, status.Modified), name);
    }

    /// <summary>mknod took the umask off. A name could have become a link by now, a descriptor cannot; and O_PATH takes a mode only by way of /proc.</summary>
    private static void ChangeNodeMode(SafeFileHandle directory, byte[] name, FileStatus status)
    {
        using SafeFileHandle node = FileCalls.TryOpenChild(directory, name, OpenFlags.O_PATH, 0, out int errno)
            ?? throw new LinuxException("openat", errno, FileCalls.Text(name));
        if (FileCalls.Status(node).Kind == status.Kind)
        {
            File.SetUnixFileMode(string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{node.DangerousGetHandle()}"), (UnixFileMode)status.Permissions);
        }
    }

    private static void CopyAttributes(SafeFileHandle source, ReadOnlySpan<byte> sourceName, SafeFileHandle destination, ReadOnlySpan<byte> name)
    {
        byte[] from = FileCalls.Terminated(sourceName.TrimEnd((byte)0));
        byte[] to = FileCalls.Terminated(name.TrimEnd((byte)0));
        foreach (string attribute in FileCalls.ExtendedAttributeNames(source, from))
        {
            byte[] key = Encoding.UTF8.GetBytes(attribute + '\0');
            if (FileCalls.ExtendedAttribute(source, from, key) is { } value)
            {
                int errno = FileCalls.TrySetExtendedAttribute(destination, to, key, value);
                // a volume's file system need not know what the image's does
                if (errno is not Errno.EOPNOTSUPP)
                {
                    Check("lsetxattr", errno, name);
                }
            }
        }
    }

    /// <summary>In the kernel where it can (copy_file_range(2)), which shares the blocks on file systems that are able to.</summary>
    private static void CopyBytes(SafeFileHandle from, SafeFileHandle to)
    {
        const int chunk = 1 << 30;
        bool began = false;
        while (true)
        {
            nint copied = copy_file_range(from, null, to, null, chunk, 0);
            if (copied == 0)
            {
                return;
            }

            if (copied < 0)
            {
                int errno = Marshal.GetLastPInvokeError();
                if (began || errno is not (Errno.EXDEV or Errno.EINVAL or Errno.EOPNOTSUPP or Errno.ENOSYS or Errno.EBADF or Errno.EPERM))
                {
                    throw new LinuxException("copy_file_range", errno);
                }

                break;
            }

            began = true;
        }

        byte[] buffer = new byte[128 << 10];
        for (int count; (count = FileCalls.Read(from, buffer)) > 0;)
        {
            FileCalls.Write(to, buffer.AsSpan(0, count));
        }
    }

    private static SafeFileHandle OpenDirectory(SafeFileHandle parent, byte[] name) =>
        FileCalls.TryOpenChild(parent, name, OpenFlags.O_RDONLY | OpenFlags.O_DIRECTORY, 0, out int errno)
        ?? throw new LinuxException("openat", errno, FileCalls.Text(name));

    private static void Check(string call, int errno, ReadOnlySpan<byte> name = default)
    {
        if (errno != 0)
        {
            throw new LinuxException(call, errno, FileCalls.Text(name));
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint copy_file_range(SafeHandle from, long* fromOffset, SafeHandle to, long* toOffset, nuint length, uint flags);
}
