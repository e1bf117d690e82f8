using Berth.Linux.Files;
using Berth.Oci.Layers;
using Microsoft.Win32.SafeHandles;

namespace Berth.Engine.Snapshots;

/// <summary>Writes a directory with overlayfs's marks as a layer's tar. The same directory makes the same bytes.</summary>
/// <remarks>Names in byte order, times in whole seconds as moby's, no owner names. Source: OCI image-spec, layer.md, "Change Types".</remarks>
internal sealed class LayerDiff
{
    private readonly LayerWriter _writer;
    private readonly CancellationToken _ct;
    private readonly Dictionary<(uint, uint, ulong), byte[]> _links = [];
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(256 * 1024);

    private LayerDiff(Stream tar, CancellationToken ct)
    {
        _writer = new LayerWriter(tar);
        _ct = ct;
    }

    public static void Write(string directory, Stream tar, CancellationToken ct)
    {
        var diff = new LayerDiff(tar, ct);
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
            _ct.ThrowIfCancellationRequested();
            if (FileCalls.TryStatus(directory, entry.Name, out _) is { } status)
            {
                WriteOne(directory, entry, status, prefix);
            }
        }
    }

    private void WriteOne(SafeFileHandle parent, DirectoryEntry entry, FileStatus status, byte[] prefix)
    {
        byte[] path = [.. prefix, .. entry.NameWithoutNul];
        if (status.IsWhiteout)
        {
            _writer.WriteEntry(Marker([.. prefix, .. Whiteout.Prefix, .. entry.NameWithoutNul], status));
            return;
        }

        switch (status.Kind)
        {
            case FileKind.Directory:
                WriteDirectory(parent, entry, status, [.. path, (byte)'/']);
                break;
            case FileKind.Socket:
                // tar knows no sockets; nobody listens on one from an image
                break;
            default:
                WriteFile(parent, entry, status, path);
                break;
        }
    }

    private void WriteDirectory(SafeFileHandle parent, DirectoryEntry entry, FileStatus status, byte[] path)
    {
        _writer.WriteEntry(Header(parent, entry, status, path, LayerEntryType.Directory));
        if (OverlayMarks.IsOpaque(parent, entry.Name))
        {
            _writer.WriteEntry(Marker([.. path, .. Whiteout.Opaque], status));
        }

        using SafeFileHandle? directory = FileCalls.TryOpenChild(parent, entry.Name, OpenFlags.O_RDONLY | OpenFlags.O_DIRECTORY, 0, out int errno);
        if (directory is null)
        {
            throw new Linux.LinuxException("openat", errno, FileCalls.Text(path));
        }

        WriteChildren(directory, path);
    }

    private void WriteFile(SafeFileHandle parent, DirectoryEntry entry, FileStatus status, byte[] path)
    {
        if (status.LinkCount > 1)
        {
            var identity = (status.DeviceMajor, status.DeviceMinor, status.Inode);
            if (_links.TryGetValue(identity, out byte[]? first))
            {
                _writer.WriteEntry(Header(parent, entry, status, path, LayerEntryType.HardLink) with { LinkName = first, ExtendedAttributes = [] });
                return;
            }

            _links[identity] = path;
        }

        switch (status.Kind)
        {
            case FileKind.Regular:
                WriteContent(parent, entry, status, path);
                break;
            case FileKind.SymbolicLink:
                byte[] target = FileCalls.ReadLink(parent, entry.Name);
                _writer.WriteEntry(Header(parent, entry, status, path, LayerEntryType.SymbolicLink) with { LinkName = target });
                break;
            case FileKind.CharacterDevice or FileKind.BlockDevice:
                LayerEntryType type = status.Kind == FileKind.BlockDevice ? LayerEntryType.BlockDevice : LayerEntryType.CharacterDevice;
                _writer.WriteEntry(Header(parent, entry, status, path, type) with { DeviceMajor = status.NodeMajor, DeviceMinor = status.NodeMinor });
                break;
            default:
                _writer.WriteEntry(Header(parent, entry, status, path, LayerEntryType.Fifo));
                break;
        }
    }

    /// <summary>The size was said first: a file that shrinks meanwhile is filled up, one that grows is cut.</summary>
    private void WriteContent(SafeFileHandle parent, DirectoryEntry entry, FileStatus status, byte[] path)
    {
        using SafeFileHandle? file = FileCalls.TryOpenChild(parent, entry.Name, OpenFlags.O_RDONLY | OpenFlags.O_NONBLOCK, 0, out int errno);
        if (file is null)
        {
            throw new Linux.LinuxException("openat", errno, FileCalls.Text(path));
        }

        status = FileCalls.Status(file);
        _writer.WriteEntry(Header(parent, entry, status, path, LayerEntryType.Regular) with { Size = status.Size });
        long remaining = status.Size;
        while (remaining > 0)
        {
            _ct.ThrowIfCancellationRequested();
            int wanted = (int)Math.Min(remaining, _buffer.Length);
            int count = FileCalls.Read(file, _buffer.AsSpan(0, wanted));
            if (count == 0)
            {
                _buffer.AsSpan(0, wanted).Clear();
                count = wanted;
            }

            _writer.WriteContent(_buffer.AsSpan(0, count));
            remaining -= count;
        }
    }

    private static LayerEntry Marker(byte[] path, FileStatus status) =>
        new() { Type = LayerEntryType.Regular, Name = path, ModifiedSeconds = status.Modified.Seconds };

    private static LayerEntry Header(SafeFileHandle parent, DirectoryEntry entry, FileStatus status, byte[] path, LayerEntryType type) => new()
    {
        Type = type,
        Name = path,
        Permissions = status.Permissions,
        Uid = status.Uid,
        Gid = status.Gid,
        ModifiedSeconds = status.Modified.Seconds,
        ExtendedAttributes = Attributes(parent, entry),
    };

    /// <summary>What belongs to the file: capabilities, access lists and a user's own; not labels and marks of this host.</summary>
    private static List<KeyValuePair<string, byte[]>> Attributes(SafeFileHandle parent, DirectoryEntry entry)
    {
        var attributes = new List<KeyValuePair<string, byte[]>>();
        foreach (string name in FileCalls.ExtendedAttributeNames(parent, entry.Name))
        {
            bool belongs = name is "security.capability" or "system.posix_acl_access" or "system.posix_acl_default"
                || (name.StartsWith("user.", StringComparison.Ordinal) && !OverlayMarks.IsOverlayAttribute(name));
            if (belongs && FileCalls.ExtendedAttribute(parent, entry.Name, FileCalls.Terminated(name)) is { } value)
            {
                attributes.Add(new(name, value));
            }
        }

        return attributes;
    }
}
