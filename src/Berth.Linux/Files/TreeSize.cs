using Microsoft.Win32.SafeHandles;

namespace Berth.Linux.Files;

/// <summary>How much a directory holds.</summary>
public static class TreeSize
{
    /// <summary>Bytes of all files below, each inode once; what is mounted inside is not counted, and what vanishes meanwhile is passed over.</summary>
    public static long Of(string path)
    {
        var seen = new HashSet<(uint, uint, ulong)>();
        using SafeFileHandle directory = FileCalls.OpenDirectory(path);
        return Sum(directory, seen);
    }

    private static long Sum(SafeFileHandle directory, HashSet<(uint, uint, ulong)> seen)
    {
        long size = 0;
        foreach (DirectoryEntry entry in DirectoryReader.Read(directory))
        {
            if (FileCalls.TryStatus(directory, entry.Name, out _) is not { } status)
            {
                continue;
            }

            if (status.Kind is FileKind.Directory)
            {
                const Resolve onlyHere = Resolve.Beneath | Resolve.NoCrossDevice | Resolve.NoSymlinks;
                using SafeFileHandle? child = FileCalls.TryOpen(directory, entry.Name, OpenFlags.O_RDONLY | OpenFlags.O_DIRECTORY, 0, onlyHere, out _);
                size += child is null ? 0 : Sum(child, seen);
            }
            else if (status.LinkCount == 1 || seen.Add((status.DeviceMajor, status.DeviceMinor, status.Inode)))
            {
                size += status.Size;
            }
        }

        return size;
    }
}
