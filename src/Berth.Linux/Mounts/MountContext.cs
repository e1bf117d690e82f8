using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Berth.Linux.Mounts;

/// <summary>A file system being configured by the new mount API: no page-size limit on options, and the kernel says why it refused.</summary>
/// <remarks>fsopen(2), fsconfig(2), fsmount(2), move_mount(2): kernel ≥ 5.2.</remarks>
internal sealed unsafe partial class MountContext : IDisposable
{
    private const long SYS_move_mount = 429;
    private const long SYS_fsopen = 430;
    private const long SYS_fsconfig = 431;
    private const long SYS_fsmount = 432;
    private const uint FSOPEN_CLOEXEC = 1;
    private const uint FSMOUNT_CLOEXEC = 1;
    private const uint FSCONFIG_SET_FLAG = 0;
    private const uint FSCONFIG_SET_STRING = 1;
    private const uint FSCONFIG_CMD_CREATE = 6;
    private const uint MOVE_MOUNT_F_EMPTY_PATH = 4;
    private const int AT_FDCWD = -100;

    private readonly SafeFileHandle _context;

    private MountContext(SafeFileHandle context) => _context = context;

    /// <returns>Null and the errno where the kernel has no such call or file system.</returns>
    public static MountContext? TryOpen(string fileSystem, out int errno)
    {
        long fd = fsopen(SYS_fsopen, fileSystem, FSOPEN_CLOEXEC);
        errno = fd < 0 ? Marshal.GetLastPInvokeError() : 0;
        return fd < 0 ? null : new MountContext(new SafeFileHandle((nint)fd, ownsHandle: true));
    }

    /// <param name="value">Up to 255 bytes: fsconfig(2), FSCONFIG_SET_STRING.</param>
    /// <returns>The errno, 0 for success.</returns>
    public int TrySet(string key, string value) =>
        fsconfig(SYS_fsconfig, _context, FSCONFIG_SET_STRING, key, value, 0) < 0 ? Marshal.GetLastPInvokeError() : 0;

    public int TrySetFlag(string key) =>
        fsconfig(SYS_fsconfig, _context, FSCONFIG_SET_FLAG, key, null, 0) < 0 ? Marshal.GetLastPInvokeError() : 0;

    /// <summary>Makes the file system and attaches it.</summary>
    public void Attach(MountFlags flags, string target)
    {
        if (fsconfig(SYS_fsconfig, _context, FSCONFIG_CMD_CREATE, null, null, 0) < 0)
        {
            throw Failure("fsconfig", Marshal.GetLastPInvokeError(), target);
        }

        long fd = fsmount(SYS_fsmount, _context, FSMOUNT_CLOEXEC, Attributes(flags));
        if (fd < 0)
        {
            throw Failure("fsmount", Marshal.GetLastPInvokeError(), target);
        }

        using var mount = new SafeFileHandle((nint)fd, ownsHandle: true);
        if (move_mount(SYS_move_mount, mount, "", AT_FDCWD, target, MOVE_MOUNT_F_EMPTY_PATH) < 0)
        {
            throw new LinuxException("move_mount", Marshal.GetLastPInvokeError(), target);
        }
    }

    /// <summary>The error with what the kernel left to read about it, such as <c>overlay: No changes allowed in …</c>.</summary>
    public LinuxException Failure(string call, int errno, string path)
    {
        byte[] buffer = new byte[1024];
        nint length = read(_context, buffer, (nuint)buffer.Length);
        string text = length <= 0 ? "" : System.Text.Encoding.UTF8.GetString(buffer, 0, (int)length).Trim();
        return new LinuxException(text.Length == 0 ? call : $"{call} ({text})", errno, path);
    }

    public void Dispose() => _context.Dispose();

    /// <summary>Source: linux/include/uapi/linux/mount.h, MOUNT_ATTR_*.</summary>
    private static uint Attributes(MountFlags flags)
    {
        uint attributes = 0;
        attributes |= flags.HasFlag(MountFlags.ReadOnly) ? 0x1u : 0;
        attributes |= flags.HasFlag(MountFlags.NoSuid) ? 0x2u : 0;
        attributes |= flags.HasFlag(MountFlags.NoDevices) ? 0x4u : 0;
        attributes |= flags.HasFlag(MountFlags.NoExecute) ? 0x8u : 0;
        attributes |= flags.HasFlag(MountFlags.NoAccessTime) ? 0x10u : flags.HasFlag(MountFlags.StrictAccessTime) ? 0x20u : 0;
        attributes |= flags.HasFlag(MountFlags.NoDirectoryAccessTime) ? 0x80u : 0;
        attributes |= flags.HasFlag(MountFlags.NoSymlinkFollow) ? 0x200000u : 0;
        return attributes;
    }

    [LibraryImport("libc", SetLastError = true, EntryPoint = "syscall", StringMarshalling = StringMarshalling.Utf8)]
    private static partial long fsopen(long number, string fileSystem, uint flags);

    [LibraryImport("libc", SetLastError = true, EntryPoint = "syscall", StringMarshalling = StringMarshalling.Utf8)]
    private static partial long fsconfig(long number, SafeHandle context, uint command, string? key, string? value, int auxiliary);

    [LibraryImport("libc", SetLastError = true, EntryPoint = "syscall")]
    private static partial long fsmount(long number, SafeHandle context, uint flags, uint attributes);

    [LibraryImport("libc", SetLastError = true, EntryPoint = "syscall", StringMarshalling = StringMarshalling.Utf8)]
    private static partial long move_mount(long number, SafeHandle from, string fromPath, int toDirectory, string toPath, uint flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint read(SafeHandle file, Span<byte> buffer, nuint count);
}
