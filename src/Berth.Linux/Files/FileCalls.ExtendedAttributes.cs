using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Berth.Linux.Files;

public static unsafe partial class FileCalls
{
    /// <summary>Sets an extended attribute of an open file (not O_PATH).</summary>
    /// <param name="attribute">Such as <c>security.capability</c>, NUL-terminated.</param>
    public static int TrySetExtendedAttribute(SafeHandle file, ReadOnlySpan<byte> attribute, ReadOnlySpan<byte> value) =>
        fsetxattr(file, attribute, value, (nuint)value.Length, 0) < 0 ? Marshal.GetLastPInvokeError() : 0;

    /// <summary>Sets an extended attribute of a name in a directory; of a symbolic link itself.</summary>
    public static int TrySetExtendedAttribute(SafeHandle directory, ReadOnlySpan<byte> name, ReadOnlySpan<byte> attribute, ReadOnlySpan<byte> value) =>
        lsetxattr(ByDescriptor(directory, name), attribute, value, (nuint)value.Length, 0) < 0 ? Marshal.GetLastPInvokeError() : 0;

    /// <summary>The value of an extended attribute of a name in a directory; null where it has none.</summary>
    public static byte[]? ExtendedAttribute(SafeHandle directory, ReadOnlySpan<byte> name, ReadOnlySpan<byte> attribute)
    {
        byte[] path = ByDescriptor(directory, name);
        byte[] buffer = new byte[256];
        while (true)
        {
            nint length = lgetxattr(path, attribute, buffer, (nuint)buffer.Length);
            if (length >= 0)
            {
                return buffer[..(int)length];
            }

            int errno = Marshal.GetLastPInvokeError();
            switch (errno)
            {
                case Errno.ENODATA or Errno.EOPNOTSUPP or Errno.ENOENT:
                    return null;
                case Errno.ERANGE when buffer.Length < MaximumAttributeSize:
                    buffer = new byte[MaximumAttributeSize];
                    break;
                default:
                    throw new LinuxException("lgetxattr", errno, Text(name));
            }
        }
    }

    /// <summary>Names of the extended attributes of a name in a directory.</summary>
    public static IReadOnlyList<string> ExtendedAttributeNames(SafeHandle directory, ReadOnlySpan<byte> name)
    {
        byte[] path = ByDescriptor(directory, name);
        nint length = llistxattr(path, [], 0);
        if (length <= 0)
        {
            int errno = length < 0 ? Marshal.GetLastPInvokeError() : 0;
            return errno is 0 or Errno.EOPNOTSUPP ? [] : throw new LinuxException("llistxattr", errno, Text(name));
        }

        byte[] buffer = new byte[MaximumAttributeSize];
        length = llistxattr(path, buffer, (nuint)buffer.Length);
        return length < 0
            ? throw new LinuxException("llistxattr", Marshal.GetLastPInvokeError(), Text(name))
            : Encoding.UTF8.GetString(buffer, 0, (int)length).Split('\0', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>Source: linux/include/uapi/linux/limits.h, XATTR_SIZE_MAX and XATTR_LIST_MAX, in bytes.</summary>
    private const int MaximumAttributeSize = 65536;

    /// <summary>The l*xattr calls take paths only: a path through the descriptor ends in the directory that it is open on.</summary>
    private static byte[] ByDescriptor(SafeHandle directory, ReadOnlySpan<byte> name)
    {
        byte[] prefix = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{directory.DangerousGetHandle()}/"));
        byte[] path = new byte[prefix.Length + name.Length];
        prefix.CopyTo(path, 0);
        name.CopyTo(path.AsSpan(prefix.Length));
        return path;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fsetxattr(SafeHandle file, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, nuint size, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int lsetxattr(ReadOnlySpan<byte> path, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, nuint size, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint lgetxattr(ReadOnlySpan<byte> path, ReadOnlySpan<byte> name, Span<byte> value, nuint size);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint llistxattr(ReadOnlySpan<byte> path, Span<byte> list, nuint size);
}
