using Berth.Linux.Files;
using Microsoft.Win32.SafeHandles;

namespace Berth.Engine.Snapshots;

/// <summary>A name as the layers together show it, read without mounting them.</summary>
/// <param name="Parent">The directory, in the layer that the name comes from.</param>
internal sealed record LowerEntry(SafeFileHandle Parent, FileStatus Status)
{
    private static readonly IComparer<byte[]> ByteOrder = Comparer<byte[]>.Create((a, b) => a.AsSpan().SequenceCompareTo(b));

    /// <summary>All names that one directory has in the layers; keys are NUL-terminated.</summary>
    /// <param name="directories">That directory in each layer that has it, topmost first, down to an opaque one.</param>
    public static SortedDictionary<byte[], LowerEntry> Merge(List<SafeFileHandle> directories)
    {
        var merged = new SortedDictionary<byte[], LowerEntry>(ByteOrder);
        var deleted = new HashSet<byte[]>(PathBytesComparer.Instance);
        foreach (SafeFileHandle directory in directories)
        {
            using SafeFileHandle listing = FileCalls.Open(directory, ".\0"u8, OpenFlags.O_RDONLY | OpenFlags.O_DIRECTORY, 0, Resolve.Beneath);
            foreach (DirectoryEntry entry in DirectoryReader.Read(listing))
            {
                if (merged.ContainsKey(entry.Name) || deleted.Contains(entry.Name)
                    || FileCalls.TryStatus(directory, entry.Name, out _) is not { } status)
                {
                    continue;
                }

                if (status.IsWhiteout)
                {
                    deleted.Add(entry.Name);
                }
                else
                {
                    merged[entry.Name] = new LowerEntry(directory, status);
                }
            }
        }

        return merged;
    }

    /// <summary>A directory within <paramref name="directories"/>, in each layer that shows through. The caller disposes of them.</summary>
    public static List<SafeFileHandle> Descend(List<SafeFileHandle> directories, byte[] name)
    {
        var below = new List<SafeFileHandle>();
        foreach (SafeFileHandle directory in directories)
        {
            FileStatus? status = FileCalls.TryStatus(directory, name, out _);
            if (status is null)
            {
                continue;
            }

            SafeFileHandle? child = status.Value.Kind == FileKind.Directory
                ? FileCalls.TryOpenChild(directory, name, OpenFlags.O_RDONLY | OpenFlags.O_DIRECTORY, 0, out _) : null;
            if (child is null)
            {
                // a file or a deletion hides all further down
                break;
            }

            below.Add(child);
            if (OverlayMarks.IsOpaque(directory, name))
            {
                break;
            }
        }

        return below;
    }

    public bool LooksLike(SafeFileHandle parent, DirectoryEntry entry, FileStatus status)
    {
        bool isSame = status.Kind == Status.Kind && status.Permissions == Status.Permissions
            && status.Uid == Status.Uid && status.Gid == Status.Gid
            && status.NodeMajor == Status.NodeMajor && status.NodeMinor == Status.NodeMinor;
        return isSame && status.Kind switch
        {
            // a directory's time says only that something in it was made or removed
            FileKind.Directory => true,
            FileKind.SymbolicLink => FileCalls.ReadLink(parent, entry.Name).AsSpan().SequenceEqual(FileCalls.ReadLink(Parent, entry.Name)),
            _ => status.Size == Status.Size && status.Modified == Status.Modified,
        };
    }
}
