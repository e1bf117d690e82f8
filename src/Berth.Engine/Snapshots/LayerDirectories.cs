using Berth.Linux;
using Berth.Linux.Files;
using Microsoft.Win32.SafeHandles;

namespace Berth.Engine.Snapshots;

/// <summary>The directories of a layer being unpacked, as descriptors: what a member is put into was found without leaving the layer.</summary>
internal sealed class LayerDirectories : IDisposable
{
    /// <summary>Links are followed within the layer only; what /proc offers as links never is.</summary>
    public const Resolve Confined = Resolve.InRoot | Resolve.NoMagicLinks | Resolve.NoCrossDevice;

    private const int MaximumOpen = 256;

    private readonly SafeFileHandle _root;
    private readonly Dictionary<byte[], SafeFileHandle> _open = new(PathBytesComparer.Instance);
    private readonly Dictionary<byte[], SafeFileHandle>.AlternateLookup<ReadOnlySpan<byte>> _lookup;
    private readonly HashSet<byte[]> _implied = new(PathBytesComparer.Instance);
    private readonly byte[] _buffer = new byte[LayerPath.BufferLength];
    private bool _isStale;

    public LayerDirectories(string root)
    {
        _root = FileCalls.OpenDirectory(root);
        _lookup = _open.GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    public SafeFileHandle Root => _root;

    /// <summary>Paths without NUL of directories that were made because something is in them.</summary>
    public IEnumerable<byte[]> Implied => _implied;

    /// <summary>A member speaks for the directory: it is implied no more.</summary>
    public void SetExplicit(ReadOnlySpan<byte> path) => _implied.GetAlternateLookup<ReadOnlySpan<byte>>().Remove(path);

    /// <summary>Opens a directory, making what is missing of it.</summary>
    /// <param name="path">Relative, without NUL; empty is the root.</param>
    /// <exception cref="LinuxException">ENOTDIR and the like: a member that is no directory is in the way.</exception>
    public SafeFileHandle OpenOrMake(ReadOnlySpan<byte> path)
    {
        if (path.Length == 0)
        {
            return _root;
        }

        if (_lookup.TryGetValue(path, out SafeFileHandle? known))
        {
            return known;
        }

        SafeFileHandle directory = TryOpen(path, out int errno)
            ?? (errno is Errno.ENOENT or Errno.ENOTDIR ? Make(path) : throw new LinuxException("openat2", errno, FileCalls.Text(path)));
        return Keep(path, directory);
    }

    /// <summary>Opens a directory that must be there.</summary>
    public SafeFileHandle? TryOpenExisting(ReadOnlySpan<byte> path)
    {
        if (path.Length == 0)
        {
            return _root;
        }

        if (_lookup.TryGetValue(path, out SafeFileHandle? known))
        {
            return known;
        }

        return TryOpen(path, out _) is { } directory ? Keep(path, directory) : null;
    }

    /// <summary>Something on the way to open directories was replaced: from the next member on, paths are looked up anew.</summary>
    public void Invalidate() => _isStale = true;

    /// <summary>Between two members, when no descriptor is in use: lets go of those that are stale or too many.</summary>
    public void Trim()
    {
        if (_isStale || _open.Count >= MaximumOpen)
        {
            Close();
            _isStale = false;
        }
    }

    public void Dispose()
    {
        Close();
        _root.Dispose();
    }

    private void Close()
    {
        foreach (SafeFileHandle directory in _open.Values)
        {
            directory.Dispose();
        }

        _open.Clear();
    }

    private SafeFileHandle Keep(ReadOnlySpan<byte> path, SafeFileHandle directory)
    {
        _lookup[path] = directory;
        return directory;
    }

    private SafeFileHandle? TryOpen(ReadOnlySpan<byte> path, out int errno)
    {
        path.CopyTo(_buffer);
        _buffer[path.Length] = 0;
        return FileCalls.TryOpen(_root, _buffer.AsSpan(0, path.Length + 1), OpenFlags.O_PATH | OpenFlags.O_DIRECTORY, 0, Confined, out errno);
    }

    private SafeFileHandle Make(ReadOnlySpan<byte> path)
    {
        const int permissions = 0x1ED; // 0755
        SafeFileHandle? parent = null;
        for (int end = NextEnd(path, 0); ; end = NextEnd(path, end + 1))
        {
            ReadOnlySpan<byte> prefix = path[..end];
            byte[] name = FileCalls.Terminated(prefix[(prefix.LastIndexOf((byte)'/') + 1)..]);
            SafeFileHandle? directory = TryOpen(prefix, out int errno);
            if (directory is null)
            {
                MakeOne(parent ?? _root, name, permissions, errno, prefix);
                _implied.Add(prefix.ToArray());
                directory = TryOpen(prefix, out errno) ?? throw new LinuxException("openat2", errno, FileCalls.Text(prefix));
            }

            parent?.Dispose();
            parent = directory;
            if (end == path.Length)
            {
                return directory;
            }
        }
    }

    private static void MakeOne(SafeFileHandle parent, byte[] name, int permissions, int reason, ReadOnlySpan<byte> path)
    {
        bool hidden = reason == Errno.ENOTDIR && FileCalls.TryStatus(parent, name, out _) is { IsWhiteout: true };
        if (hidden)
        {
            // deleted below and made again here: what was there must not show through
            FileCalls.TryRemoveFile(parent, name);
        }

        int errno = FileCalls.TryMakeDirectory(parent, name, permissions);
        if (errno != 0)
        {
            throw new LinuxException("mkdirat", reason == Errno.ENOTDIR ? reason : errno, FileCalls.Text(path));
        }

        if (hidden)
        {
            OverlayMarks.SetOpaque(parent, name);
        }
    }

    private static int NextEnd(ReadOnlySpan<byte> path, int start)
    {
        int slash = path[start..].IndexOf((byte)'/');
        return slash < 0 ? path.Length : start + slash;
    }
}
