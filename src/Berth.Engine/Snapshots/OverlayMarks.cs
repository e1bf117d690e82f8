using Berth.Linux;
using Berth.Linux.Files;
using Microsoft.Win32.SafeHandles;

namespace Berth.Engine.Snapshots;

/// <summary>How overlayfs says that something below is gone. Source: kernel Documentation/filesystems/overlayfs.rst.</summary>
internal static class OverlayMarks
{
    private static ReadOnlySpan<byte> TrustedOpaque => "trusted.overlay.opaque\0"u8;

    /// <summary>What takes the place of the trusted mark where this process may not set it; overlayfs reads it with <c>userxattr</c>.</summary>
    private static ReadOnlySpan<byte> UserOpaque => "user.overlay.opaque\0"u8;

    /// <summary>Attributes that steer overlayfs must come from nowhere but here: one in an image could redirect a directory.</summary>
    public static bool IsOverlayAttribute(string name) =>
        name.StartsWith("trusted.overlay.", StringComparison.Ordinal) || name.StartsWith("user.overlay.", StringComparison.Ordinal);

    public static void SetOpaque(SafeFileHandle parent, ReadOnlySpan<byte> name)
    {
        int errno = FileCalls.TrySetExtendedAttribute(parent, name, TrustedOpaque, "y"u8);
        if (errno == Errno.EPERM)
        {
            errno = FileCalls.TrySetExtendedAttribute(parent, name, UserOpaque, "y"u8);
        }

        if (errno != 0)
        {
            throw new LinuxException("lsetxattr", errno, FileCalls.Text(name));
        }
    }

    public static bool IsOpaque(SafeFileHandle parent, ReadOnlySpan<byte> name) =>
        FileCalls.ExtendedAttribute(parent, name, TrustedOpaque) is [(byte)'y'] || FileCalls.ExtendedAttribute(parent, name, UserOpaque) is [(byte)'y'];

    /// <returns>The errno, 0 for success.</returns>
    public static int TryMakeWhiteout(SafeFileHandle parent, ReadOnlySpan<byte> name) =>
        FileCalls.TryMakeNode(parent, name, FileKind.CharacterDevice, 0, 0, 0);
}
