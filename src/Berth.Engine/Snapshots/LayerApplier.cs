using Berth.Linux;
using Berth.Linux.Files;
using Berth.Oci.Layers;
using Microsoft.Win32.SafeHandles;

namespace Berth.Engine.Snapshots;

/// <summary>What a layer's deletions become.</summary>
internal enum WhiteoutStyle
{
    /// <summary>Marks that overlayfs understands, for a layer by itself.</summary>
    Mark,

    /// <summary>Deletions, for a tree that the layers are piled up in.</summary>
    Delete,
}

/// <summary>Unpacks a layer's tar into a directory. The archive is hostile until proved otherwise.</summary>
/// <remarks>
/// Every name is resolved by openat2 within the directory, and then worked on by descriptor: neither <c>..</c>, absolute names, symbolic or
/// hard links nor a link swapped in between lead out. Directories get their modes and times at the end, when nothing is put into them any more.
/// Source: OCI image-spec, layer.md; moby pkg/archive/diff.go, UnpackLayer.
/// </remarks>
internal sealed partial class LayerApplier : IDisposable
{
    private static readonly bool Privileged = Environment.IsPrivilegedProcess;

    private readonly LayerReader _reader;
    private readonly WhiteoutStyle _style;
    private readonly LayerDirectories _directories;
    private readonly WriteBack _writeBack;
    private readonly Dictionary<byte[], LayerEntry> _attributes = new(PathBytesComparer.Instance);
    private readonly byte[] _path = new byte[LayerPath.BufferLength];
    private readonly byte[] _linkPath = new byte[LayerPath.BufferLength];
    private long _size;

    private LayerApplier(Stream tar, string directory, WhiteoutStyle style)
    {
        _reader = new LayerReader(tar);
        _style = style;
        _directories = new LayerDirectories(directory);
        _writeBack = new WriteBack(_directories.Root);
    }

    /// <param name="tar">Uncompressed; read to its very end.</param>
    /// <exception cref="LayerFormatException">The archive is damaged, or tries to get out.</exception>
    /// <exception cref="LinuxException">The disk is full, and the like.</exception>
    public static AppliedLayer Apply(Stream tar, string directory, WhiteoutStyle style, CancellationToken ct)
    {
        using var applier = new LayerApplier(tar, directory, style);
        while (applier._reader.Next() is { } entry)
        {
            ct.ThrowIfCancellationRequested();
            applier._directories.Trim();
            applier.Apply(entry, ct);
        }

        applier._reader.Drain();
        applier.FinishDirectories();
        IEnumerable<byte[]> implied = applier._directories.Implied;
        return new AppliedLayer(
            applier._size,
            (applier._attributes.ContainsKey([]) ? implied : implied.Append([(byte)'.'])).Select(p => FileCalls.Terminated(p)).ToList());
    }

    public void Dispose()
    {
        _writeBack.Dispose();
        _directories.Dispose();
    }

    private void Apply(LayerEntry entry, CancellationToken ct)
    {
        LayerPath path = LayerPath.Parse(entry.Name, _path);
        if (path.IsRoot)
        {
            if (entry.Type == LayerEntryType.Directory)
            {
                _attributes[[]] = entry;
            }

            return;
        }

        if (IsInWhiteout(path.Parent))
        {
            return;
        }

        WhiteoutKind whiteout = Whiteout.KindOf(path.LeafWithoutNul);
        if (whiteout == WhiteoutKind.Metadata)
        {
            return;
        }

        SafeFileHandle parent = _directories.OpenOrMake(path.Parent);
        switch (whiteout)
        {
            case WhiteoutKind.Opaque:
                ApplyOpaque(parent);
                break;
            case WhiteoutKind.Deletion:
                ApplyDeletion(parent, Whiteout.Target(path.LeafWithoutNul), entry.Name);
                break;
            default:
                Create(entry, path, parent, ct);
                break;
        }
    }

    private void Create(LayerEntry entry, LayerPath path, SafeFileHandle parent, CancellationToken ct)
    {
        switch (entry.Type)
        {
            case LayerEntryType.Directory:
                MakeDirectory(entry, path, parent);
                break;
            case LayerEntryType.Regular:
                WriteFile(entry, path, parent, ct);
                break;
            case LayerEntryType.HardLink:
                MakeHardLink(entry, path, parent);
                break;
            default:
                MakeNode(entry, path, parent);
                break;
        }
    }

    private void MakeDirectory(LayerEntry entry, LayerPath path, SafeFileHandle parent)
    {
        const int whileUnpacking = 0x1ED; // 0755: nothing set by an image counts before the end
        int errno = FileCalls.TryMakeDirectory(parent, path.Leaf, whileUnpacking);
        if (errno == Errno.EEXIST)
        {
            FileStatus? present = FileCalls.TryStatus(parent, path.Leaf, out _);
            if (present is not { Kind: FileKind.Directory })
            {
                Remove(parent, path.Leaf);
                errno = FileCalls.TryMakeDirectory(parent, path.Leaf, whileUnpacking);
                if (errno == 0 && present is { IsWhiteout: true } && _style == WhiteoutStyle.Mark)
                {
                    OverlayMarks.SetOpaque(parent, path.Leaf);
                }
            }
            else
            {
                errno = 0;
            }
        }

        Require(errno, "mkdirat", entry);
        _directories.SetExplicit(path.Whole);
        _attributes[path.Whole.ToArray()] = entry;
    }

    private void WriteFile(LayerEntry entry, LayerPath path, SafeFileHandle parent, CancellationToken ct)
    {
        const int flags = OpenFlags.O_WRONLY | OpenFlags.O_CREAT | OpenFlags.O_EXCL;
        SafeFileHandle? file = FileCalls.TryOpenChild(parent, path.Leaf, flags, entry.Permissions & 0x1FF, out int errno);
        if (errno == Errno.EEXIST)
        {
            Remove(parent, path.Leaf);
            file = FileCalls.TryOpenChild(parent, path.Leaf, flags, entry.Permissions & 0x1FF, out errno);
        }

        Require(errno, "openat", entry);
        using (file)
        {
            WriteContent(entry, file!, ct);
            SetAttributes(entry, file!, FileCalls.Umask);
        }

        _size += entry.Size;
    }

    private void WriteContent(LayerEntry entry, SafeFileHandle file, CancellationToken ct)
    {
        long position = 0;
        while (true)
        {
            ReadOnlySpan<byte> piece = _reader.ReadContent(out long offset);
            if (piece.Length == 0)
            {
                break;
            }

            if (offset != position)
            {
                FileCalls.Seek(file, offset);
            }

            ct.ThrowIfCancellationRequested();
            FileCalls.Write(file, piece);
            _writeBack.Wrote(piece.Length);
            position = offset + piece.Length;
        }

        if (position != entry.Size)
        {
            FileCalls.Truncate(file, entry.Size);
        }
    }

    private void MakeHardLink(LayerEntry entry, LayerPath path, SafeFileHandle parent)
    {
        LayerPath target = LayerPath.Parse(entry.LinkName, _linkPath);
        if (target.Whole.SequenceEqual(path.Whole))
        {
            return;
        }

        SafeFileHandle targetDirectory = (target.IsRoot ? null : _directories.TryOpenExisting(target.Parent))
            ?? throw new LayerFormatException($"invalid hardlink {LayerPath.Quote(entry.Name)} -> {LayerPath.Quote(entry.LinkName)}");
        int errno = FileCalls.TryMakeHardLink(targetDirectory, target.Leaf, parent, path.Leaf);
        if (errno == Errno.EEXIST)
        {
            Remove(parent, path.Leaf);
            errno = FileCalls.TryMakeHardLink(targetDirectory, target.Leaf, parent, path.Leaf);
        }

        Require(errno, "linkat", entry);
    }

    private void MakeNode(LayerEntry entry, LayerPath path, SafeFileHandle parent)
    {
        int errno = TryMakeNode(entry, path, parent);
        if (errno == Errno.EEXIST)
        {
            Remove(parent, path.Leaf);
            errno = TryMakeNode(entry, path, parent);
        }

        Require(errno, entry.Type == LayerEntryType.SymbolicLink ? "symlinkat" : "mknodat", entry);
        SetAttributes(entry, path.Leaf, parent);
    }

    private static int TryMakeNode(LayerEntry entry, LayerPath path, SafeFileHandle parent) => entry.Type switch
    {
        LayerEntryType.SymbolicLink => FileCalls.TryMakeSymbolicLink(parent, path.Leaf, FileCalls.Terminated(entry.LinkName)),
        LayerEntryType.Fifo => FileCalls.TryMakeNode(parent, path.Leaf, FileKind.Fifo, entry.Permissions, 0, 0),
        LayerEntryType.BlockDevice =>
            FileCalls.TryMakeNode(parent, path.Leaf, FileKind.BlockDevice, entry.Permissions, entry.DeviceMajor, entry.DeviceMinor),
        _ => FileCalls.TryMakeNode(parent, path.Leaf, FileKind.CharacterDevice, entry.Permissions, entry.DeviceMajor, entry.DeviceMinor),
    };

    /// <summary>Takes away what a member replaces; paths through it are looked up anew.</summary>
    private void Remove(SafeFileHandle parent, ReadOnlySpan<byte> name)
    {
        FileStatus? present = FileCalls.TryStatus(parent, name, out _);
        FileCalls.RemoveTree(parent, name);
        if (present is { Kind: FileKind.Directory or FileKind.SymbolicLink })
        {
            _directories.Invalidate();
        }
    }

    private static void Require(int errno, string call, LayerEntry entry)
    {
        if (errno != 0)
        {
            throw new LinuxException(call, errno, "/" + entry.NameText.TrimStart('/'));
        }
    }
}
