using Berth.Linux;
using Berth.Linux.Files;
using Microsoft.Win32.SafeHandles;

namespace Berth.Engine.Snapshots;

/// <summary>Gives directories that a layer has no member for the looks of those below it.</summary>
/// <remarks>
/// Some builders write <c>tmp/x</c> without <c>tmp/</c>. Unpacked by itself such a layer would hide the mode of the image's own
/// <c>/tmp</c>; and a layer without a member for its root would hide that of the root.
/// </remarks>
internal static class ImpliedDirectories
{
    /// <param name="below">Content directories of the layers below, topmost first.</param>
    public static void Adopt(string layer, IReadOnlyList<string> below, IReadOnlyList<byte[]> implied)
    {
        if (implied.Count == 0)
        {
            return;
        }

        List<SafeFileHandle> roots = below.Select(FileCalls.OpenDirectory).ToList();
        try
        {
            using SafeFileHandle root = FileCalls.OpenDirectory(layer);
            foreach (byte[] path in implied)
            {
                AdoptOne(root, path, roots);
            }
        }
        finally
        {
            roots.ForEach(r => r.Dispose());
        }
    }

    private static void AdoptOne(SafeFileHandle root, byte[] path, List<SafeFileHandle> below)
    {
        foreach (SafeFileHandle layer in below)
        {
            using SafeFileHandle? lower = FileCalls.TryOpen(layer, path, OpenFlags.O_PATH, 0, LayerDirectories.Confined, out _);
            if (lower is null)
            {
                continue;
            }

            FileStatus status = FileCalls.Status(lower);
            if (status.Kind == FileKind.Directory)
            {
                Copy(status, root, path);
            }

            return;
        }
    }

    private static void Copy(FileStatus status, SafeFileHandle root, byte[] path)
    {
        using SafeFileHandle directory = FileCalls.Open(
            root, path, OpenFlags.O_RDONLY | OpenFlags.O_DIRECTORY | OpenFlags.O_NOFOLLOW, 0, LayerDirectories.Confined);
        int errno = Environment.IsPrivilegedProcess ? FileCalls.TryChangeOwner(directory, status.Uid, status.Gid) : 0;
        errno = errno != 0 ? errno : FileCalls.TryChangeMode(directory, status.Permissions);
        errno = errno != 0 ? errno : FileCalls.TrySetTimes(directory, status.Modified, status.Modified);
        if (errno != 0)
        {
            throw new LinuxException("fchmod", errno, FileCalls.Text(path));
        }
    }
}
