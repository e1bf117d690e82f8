using Berth.Linux;
using Berth.Linux.Files;
using Microsoft.Win32.SafeHandles;

namespace Berth.Engine.Snapshots;

/// <summary>Writes what a whole tree has that the layers below it do not: the diff of a container whose root is a copy.</summary>
/// <remarks>A file is unchanged when kind, mode, owner, size, device, link target and time to the nanosecond are. moby: pkg/archive/changes.go.</remarks>
internal sealed class TreeDiff
{
    private readonly LayerEntryWriter _writer;

    /// <summary>Directories on the way whose own members are written when something in them turns out to be.</summary>
    private readonly List<PendingDirectory> _pending = [];

    private TreeDiff(LayerEntryWriter writer) => _writer = writer;

    private sealed record PendingDirectory(SafeFileHandle Parent, DirectoryEntry Entry, FileStatus Status, byte[] Path)
    {
        public bool IsWritten { get; set; }
    }

    /// <param name="layers">Content directories of the layers, topmost first.</param>
    public static void Write(string tree, IReadOnlyList<string> layers, Stream tar, CancellationToken ct)
    {
        var diff = new TreeDiff(new LayerEntryWriter(tar, wholeSeconds: true, ct));
        List<SafeFileHandle> roots = layers.Select(FileCalls.OpenDirectory).ToList();
        try
        {
            using SafeFileHandle root = FileCalls.OpenDirectory(tree);
            diff.Compare(root, roots, []);
        }
        finally
        {
            roots.ForEach(r => r.Dispose());
        }

        diff._writer.Finish();
    }

    private void Compare(SafeFileHandle directory, List<SafeFileHandle> below, byte[] prefix)
    {
        SortedDictionary<byte[], LowerEntry> lower = LowerEntry.Merge(below);
        List<DirectoryEntry> entries = DirectoryReader.Read(directory);
        entries.Sort((a, b) => a.Name.AsSpan().SequenceCompareTo(b.Name));
        foreach (DirectoryEntry entry in entries)
        {
            lower.Remove(entry.Name, out LowerEntry? known);
            if (FileCalls.TryStatus(directory, entry.Name, out _) is { } status)
            {
                CompareOne(directory, entry, status, known, below, prefix);
            }
        }

        foreach (byte[] gone in lower.Keys)
        {
            WritePending();
            _writer.WriteDeletion(prefix, gone.AsSpan(0, gone.Length - 1), default);
        }
    }

    private void CompareOne(
        SafeFileHandle parent, DirectoryEntry entry, FileStatus status, LowerEntry? known, List<SafeFileHandle> below, byte[] prefix)
    {
        bool isSame = known is not null && known.LooksLike(parent, entry, status);
        if (status.Kind != FileKind.Directory)
        {
            if (!isSame)
            {
                WritePending();
                _writer.WriteFile(parent, entry, status, [.. prefix, .. entry.NameWithoutNul]);
            }

            return;
        }

        byte[] path = [.. prefix, .. entry.NameWithoutNul, (byte)'/'];
        _pending.Add(new PendingDirectory(parent, entry, status, path));
        if (!isSame)
        {
            WritePending();
        }

        using SafeFileHandle? directory = FileCalls.TryOpenChild(parent, entry.Name, OpenFlags.O_RDONLY | OpenFlags.O_DIRECTORY, 0, out int errno);
        if (directory is null)
        {
            throw new LinuxException("openat", errno, FileCalls.Text(path));
        }

        List<SafeFileHandle> lowers = LowerEntry.Descend(below, entry.Name);
        try
        {
            Compare(directory, lowers, path);
        }
        finally
        {
            lowers.ForEach(l => l.Dispose());
            _pending.RemoveAt(_pending.Count - 1);
        }
    }

    private void WritePending()
    {
        foreach (PendingDirectory directory in _pending.Where(d => !d.IsWritten))
        {
            _writer.WriteDirectory(directory.Parent, directory.Entry, directory.Status, directory.Path);
            directory.IsWritten = true;
        }
    }
}
