using Berth.Linux;
using Berth.Linux.Files;
using Berth.Oci.Layers;
using Microsoft.Win32.SafeHandles;

namespace Berth.Engine.Snapshots;

/// <summary>Writes files into a layer's tar, one at a time: header, attributes, content, and a second name of a file as a link to the first.</summary>
/// <param name="wholeSeconds">Times as moby writes them into layers; else to the nanosecond, for a copy that is compared later.</param>
internal sealed class LayerEntryWriter(Stream tar, bool wholeSeconds, CancellationToken ct)
{
    private readonly LayerWriter _writer = new(tar);
    private readonly Dictionary<(uint, uint, ulong), byte[]> _links = [];
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(256 * 1024);

    public void Finish() => _writer.Finish();

    public void WriteDeletion(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> name, FileTime modified) =>
        _writer.WriteEntry(Marker([.. prefix, .. Whiteout.Prefix, .. name], modified));

    public void WriteOpaque(ReadOnlySpan<byte> directory, FileTime modified) =>
        _writer.WriteEntry(Marker([.. directory, .. Whiteout.Opaque], modified));

    /// <param name="path">Ends in a slash.</param>
    public void WriteDirectory(SafeFileHandle parent, DirectoryEntry entry, FileStatus status, byte[] path) =>
        _writer.WriteEntry(Header(parent, entry, status, path, LayerEntryType.Directory));

    /// <summary>Anything but a directory.</summary>
    public void WriteFile(SafeFileHandle parent, DirectoryEntry entry, FileStatus status, byte[] path)
    {
        ct.ThrowIfCancellationRequested();
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
                WriteContent(parent, entry, path);
                break;
            case FileKind.SymbolicLink:
                byte[] target = FileCalls.ReadLink(parent, entry.Name);
                _writer.WriteEntry(Header(parent, entry, status, path, LayerEntryType.SymbolicLink) with { LinkName = target });
                break;
            case FileKind.CharacterDevice or FileKind.BlockDevice:
                LayerEntryType type = status.Kind == FileKind.BlockDevice ? LayerEntryType.BlockDevice : LayerEntryType.CharacterDevice;
                _writer.WriteEntry(Header(parent, entry, status, path, type) with { DeviceMajor = status.NodeMajor, DeviceMinor = status.NodeMinor });
                break;
            case FileKind.Fifo:
                _writer.WriteEntry(Header(parent, entry, status, path, LayerEntryType.Fifo));
                break;
            default:
                // tar knows no sockets; nobody listens on one from an image
                break;
        }
    }

    /// <summary>The size was said first: a file that shrinks meanwhile is filled up, one that grows is cut.</summary>
    private void WriteContent(SafeFileHandle parent, DirectoryEntry entry, byte[] path)
    {
        using SafeFileHandle? file = FileCalls.TryOpenChild(parent, entry.Name, OpenFlags.O_RDONLY | OpenFlags.O_NONBLOCK, 0, out int errno);
        if (file is null)
        {
            throw new LinuxException("openat", errno, FileCalls.Text(path));
        }

        FileStatus status = FileCalls.Status(file);
        _writer.WriteEntry(Header(parent, entry, status, path, LayerEntryType.Regular) with { Size = status.Size });
        long remaining = status.Size;
        while (remaining > 0)
        {
            ct.ThrowIfCancellationRequested();
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

    private LayerEntry Marker(byte[] path, FileTime modified) => new()
    {
        Type = LayerEntryType.Regular,
        Name = path,
        ModifiedSeconds = modified.Seconds,
        ModifiedNanoseconds = wholeSeconds ? 0 : modified.Nanoseconds,
    };

    private LayerEntry Header(SafeFileHandle parent, DirectoryEntry entry, FileStatus status, byte[] path, LayerEntryType type) => new()
    {
        Type = type,
        Name = path,
        Permissions = status.Permissions,
        Uid = status.Uid,
        Gid = status.Gid,
        ModifiedSeconds = status.Modified.Seconds,
        ModifiedNanoseconds = wholeSeconds ? 0 : status.Modified.Nanoseconds,
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
