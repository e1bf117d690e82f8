using Berth.Linux;
using Berth.Linux.Files;
using Microsoft.Win32.SafeHandles;

namespace Berth.Engine.Snapshots;

/// <summary>Writes a directory with overlayfs's marks as a layer's tar. The same directory makes the same bytes.</summary>
/// <remarks>Names in byte order, times in whole seconds as moby's, no owner names. Source: OCI image-spec, layer.md, "Change Types".</remarks>
internal sealed class LayerDiff
{
    private readonly LayerEntryWriter _writer;

    private LayerDiff(LayerEntryWriter writer) => _writer = writer;

    public static void Write(string directory, Stream tar, CancellationToken ct, bool wholeSeconds = true)
    {
        var diff = new LayerDiff(new LayerEntryWriter(tar, wholeSeconds, ct));
        using SafeFileHandle root = FileCalls.OpenDirectory(directory);
        diff.WriteChildren(root, []);
        diff._writer.Finish();
    }

    private void WriteChildren(SafeFileHandle directory, byte[] prefix)
    {
        List<DirectoryEntry> entries = DirectoryReader.Read(directory);
        entries.Sort((a, b) => a.Name.AsSpan().SequenceCompareTo(b.Name));
        foreach (DirectoryEntry entry in entries)
        {
            if (FileCalls.TryStatus(directory, entry.Name, out _) is { } status)
            {
                WriteOne(directory, entry, status, prefix);
            }
        }
    }

    private void WriteOne(SafeFileHandle parent, DirectoryEntry entry, FileStatus status, byte[] prefix)
    {
        if (status.IsWhiteout)
        {
            _writer.WriteDeletion(prefix, entry.NameWithoutNul, status.Modified);
        }
        else if (status.Kind == FileKind.Directory)
        {
            WriteDirectory(parent, entry, status, [.. prefix, .. entry.NameWithoutNul, (byte)'/']);
        }
        else
        {
            _writer.WriteFile(parent, entry, status, [.. prefix, .. entry.NameWithoutNul]);
        }
    }

    private void WriteDirectory(SafeFileHandle parent, DirectoryEntry entry, FileStatus status, byte[] path)
    {
        _writer.WriteDirectory(parent, entry, status, path);
        if (OverlayMarks.IsOpaque(parent, entry.Name))
        {
            _writer.WriteOpaque(path, status.Modified);
        }

        using SafeFileHandle? directory = FileCalls.TryOpenChild(parent, entry.Name, OpenFlags.O_RDONLY | OpenFlags.O_DIRECTORY, 0, out int errno);
        if (directory is null)
        {
            throw new LinuxException("openat", errno, FileCalls.Text(path));
        }

        WriteChildren(directory, path);
    }
}
