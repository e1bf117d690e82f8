using System.Text;
using Berth.Linux;
using Berth.Linux.Files;
using Microsoft.Win32.SafeHandles;

namespace Berth.Registry.Storage;

/// <summary>The directory that a registry lives in. Paths are relative to it, follow no symbolic link and never lead out of it.</summary>
internal sealed class StorageRoot : IDisposable
{
    private const int EMLINK = 31;
    private const int FilePermissions = 0b110_100_000;
    private const int DirectoryPermissions = 0b111_101_000;

    private readonly string _path;
    private readonly SafeFileHandle _root;
    private readonly FileStream _lock;

    private StorageRoot(string path, SafeFileHandle root, FileStream heldLock) => (_path, _root, _lock) = (path, root, heldLock);

    /// <exception cref="IOException">The directory cannot be used, or another registry uses it.</exception>
    public static StorageRoot Open(string path)
    {
        string full = Path.GetFullPath(path);
        Directory.CreateDirectory(full);
        FileStream heldLock;
        try
        {
            // FileShare.None is flock(2) here: it goes with the process, however that ends.
            heldLock = new FileStream(Path.Combine(full, RegistryPaths.Lock), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (e is not (DirectoryNotFoundException or FileNotFoundException or PathTooLongException))
        {
            throw new IOException($"{full} is in use by another registry", e);
        }

        return new StorageRoot(full, FileCalls.OpenDirectory(full), heldLock);
    }

    public void Dispose()
    {
        _root.Dispose();
        _lock.Dispose();
    }

    public SafeFileHandle? TryOpenRead(string path)
    {
        SafeFileHandle? file = FileCalls.TryOpen(_root, FileCalls.Terminated(path), OpenFlags.O_RDONLY, 0, Resolve.Beneath | Resolve.NoSymlinks, out int errno);
        return file is not null || IsAbsent(errno) ? file : throw new LinuxException("open", errno, path);
    }

    public SafeFileHandle? TryOpenAppend(string path)
    {
        SafeFileHandle? file = FileCalls.TryOpen(_root, FileCalls.Terminated(path), OpenFlags.O_RDWR, 0, Resolve.Beneath | Resolve.NoSymlinks, out int errno);
        return file is not null || IsAbsent(errno) ? file : throw new LinuxException("open", errno, path);
    }

    public SafeFileHandle Create(string path) =>
        FileCalls.Open(
            _root, FileCalls.Terminated(path), OpenFlags.O_RDWR | OpenFlags.O_CREAT | OpenFlags.O_EXCL, FilePermissions, Resolve.Beneath | Resolve.NoSymlinks);

    public FileStatus? Status(string path)
    {
        FileStatus? status = FileCalls.TryStatus(_root, FileCalls.Terminated(path), out int errno);
        return status is not null || IsAbsent(errno) ? status : throw new LinuxException("statx", errno, path);
    }

    /// <summary>Whether the name was new.</summary>
    public LinkResult Link(string from, string to)
    {
        int errno = FileCalls.TryMakeHardLink(_root, FileCalls.Terminated(from), _root, FileCalls.Terminated(to));
        return errno switch
        {
            0 => LinkResult.Made,
            Errno.EEXIST => LinkResult.Exists,
            Errno.ENOENT => LinkResult.Missing,
            EMLINK => LinkResult.TooMany,
            _ => throw new LinuxException("link", errno, to),
        };
    }

    /// <summary>Replaces what has the new name, at once for whoever looks.</summary>
    public void Rename(string from, string to)
    {
        FileCalls.Rename(Path.Combine(_path, from), Path.Combine(_path, to));
        // rename(2) leaves the old name where both are links to one file.
        Remove(from);
    }

    /// <summary>False where there was nothing.</summary>
    public bool Remove(string path)
    {
        int errno = FileCalls.TryRemoveFile(_root, FileCalls.Terminated(path));
        return errno == 0 || (IsAbsent(errno) ? false : throw new LinuxException("unlink", errno, path));
    }

    public void RemoveDirectoryIfEmpty(string path)
    {
        int errno = FileCalls.TryRemoveDirectory(_root, FileCalls.Terminated(path));
        if (errno != 0 && errno is not (Errno.ENOTEMPTY or Errno.EEXIST) && !IsAbsent(errno))
        {
            throw new LinuxException("rmdir", errno, path);
        }
    }

    /// <summary>Makes a directory and its parents, each durable before anything is put into it.</summary>
    public void EnsureDirectory(string path)
    {
        int errno = FileCalls.TryMakeDirectory(_root, FileCalls.Terminated(path), DirectoryPermissions);
        if (errno == Errno.EEXIST)
        {
            return;
        }

        string parent = Path.GetDirectoryName(path) ?? "";
        while (errno == Errno.ENOENT && parent.Length > 0)
        {
            // More than once only where the parent is collected as empty in the same moment.
            EnsureDirectory(parent);
            errno = FileCalls.TryMakeDirectory(_root, FileCalls.Terminated(path), DirectoryPermissions);
        }

        if (errno is not (0 or Errno.EEXIST))
        {
            throw new LinuxException("mkdir", errno, path);
        }

        Synchronize(parent);
    }

    /// <summary>The names in a directory are on the disk when this returns; one that is gone has none.</summary>
    public void Synchronize(string directory)
    {
        using SafeFileHandle? handle = directory.Length == 0 ? FileCalls.OpenDirectory(_path) : TryOpenDirectory(directory);
        if (handle is not null)
        {
            FileCalls.Synchronize(handle);
        }
    }

    /// <summary>Names in a directory, in no order; null where it is not there.</summary>
    public IReadOnlyList<string>? List(string directory)
    {
        using SafeFileHandle? handle = TryOpenDirectory(directory);
        return handle is null ? null : DirectoryReader.Read(handle).ConvertAll(entry => Encoding.UTF8.GetString(entry.NameWithoutNul));
    }

    public void Touch(string path, DateTimeOffset time)
    {
        var stamp = FileTime.From(time);
        int errno = FileCalls.TrySetTimes(_root, FileCalls.Terminated(path), stamp, stamp);
        if (errno != 0 && !IsAbsent(errno))
        {
            throw new LinuxException("utimensat", errno, path);
        }
    }

    private SafeFileHandle? TryOpenDirectory(string path)
    {
        SafeFileHandle? handle = FileCalls.TryOpen(
            _root, FileCalls.Terminated(path), OpenFlags.O_RDONLY | OpenFlags.O_DIRECTORY, 0, Resolve.Beneath | Resolve.NoSymlinks, out int errno);
        return handle is not null || IsAbsent(errno) ? handle : throw new LinuxException("open", errno, path);
    }

    private static bool IsAbsent(int errno) => errno is Errno.ENOENT or Errno.ENOTDIR;
}

internal enum LinkResult
{
    Made,
    Exists,

    /// <summary>The file to link to, or the directory for the new name, is not there.</summary>
    Missing,

    /// <summary>The file has as many names as its file system allows: 65,000 on ext4.</summary>
    TooMany,
}
