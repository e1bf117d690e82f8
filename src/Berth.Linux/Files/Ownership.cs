using System.Runtime.InteropServices;

namespace Berth.Linux.Files;

/// <summary>Who a file belongs to. chown(2).</summary>
public static partial class Ownership
{
    /// <summary>Leaves the owner or the group as it is.</summary>
    public const uint Unchanged = uint.MaxValue;

    /// <exception cref="LinuxException">The call failed.</exception>
    public static void Change(string path, uint owner, uint group)
    {
        if (Chown(path, owner, group) != 0)
        {
            throw new LinuxException("chown", Marshal.GetLastPInvokeError(), path);
        }
    }

    [LibraryImport("libc", EntryPoint = "chown", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Chown(string path, uint owner, uint group);
}
