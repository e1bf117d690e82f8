using Berth.Linux.Files;
using Microsoft.Win32.SafeHandles;

namespace Berth.Linux.Roots;

/// <summary>A directory taken for <c>/</c>: no path, link or <c>..</c> below it leads out, whoever changes the tree meanwhile.</summary>
/// <remarks>openat2(2) with RESOLVE_IN_ROOT and RESOLVE_NO_MAGICLINKS; kernel ≥ 5.6.</remarks>
public sealed class RootDirectory : IDisposable
{
    /// <summary>As many links as the kernel itself follows in one path: path_resolution(7).</summary>
    private const int MaximumLinks = 40;

    private const Resolve Inside = Resolve.InRoot | Resolve.NoMagicLinks;
    private readonly SafeFileHandle _root;

    private RootDirectory(SafeFileHandle root) => _root = root;

    public static RootDirectory Open(string path) => new(FileCalls.OpenDirectory(path));

    /// <summary>Opens a regular file to read it: never a device, nor a fifo that would keep us waiting.</summary>
    /// <returns>Null where there is no such file, or something else in its place.</returns>
    public SafeFileHandle? TryOpenFile(string path)
    {
        SafeFileHandle? file = FileCalls.TryOpen(_root, FileCalls.Terminated(path),
            OpenFlags.O_RDONLY | OpenFlags.O_NONBLOCK, 0, Inside, out int errno);
        if (file is null)
        {
            // EAGAIN: the tree is being renamed while we look; with O_NONBLOCK it is for us to try again
            return errno is Errno.EAGAIN ? TryOpenFile(path)
                : errno is Errno.ENOENT or Errno.ENOTDIR or Errno.ELOOP or Errno.ENXIO or Errno.EISDIR ? null
                : throw new LinuxException("openat2", errno, path);
        }

        if (FileCalls.Status(file).Kind != FileKind.Regular)
        {
            file.Dispose();
            return null;
        }

        return file;
    }

    /// <returns>Null where there is nothing, or no directory.</returns>
    public SafeFileHandle? TryOpenDirectory(string path)
    {
        SafeFileHandle? directory = FileCalls.TryOpen(_root, FileCalls.Terminated(path),
            OpenFlags.O_RDONLY | OpenFlags.O_DIRECTORY, 0, Inside, out int errno);
        return directory is not null || errno is Errno.ENOENT or Errno.ENOTDIR or Errno.ELOOP
            ? directory
            : throw new LinuxException("openat2", errno, path);
    }

    /// <summary>Opens whatever is there without reading it (O_PATH), links followed.</summary>
    public SafeFileHandle? TryOpenPath(string path)
    {
        SafeFileHandle? file = FileCalls.TryOpen(_root, FileCalls.Terminated(path), OpenFlags.O_PATH, 0, Inside, out int errno);
        return file is not null || errno is Errno.ENOENT or Errno.ENOTDIR or Errno.ELOOP
            ? file
            : throw new LinuxException("openat2", errno, path);
    }

    /// <summary>Makes what is missing of a path, each directory 0755 and root's.</summary>
    /// <exception cref="LinuxException">ENOTDIR where something else is in the way, ELOOP for links in a circle.</exception>
    public void MakeDirectories(string path)
    {
        var pending = new Stack<string>(path.Split('/', StringSplitOptions.RemoveEmptyEntries).Reverse());
        string resolved = "";
        for (int links = 0; pending.TryPop(out string? name);)
        {
            if (name is ".")
            {
                continue;
            }

            if (name is "..")
            {
                resolved = resolved[..Math.Max(resolved.LastIndexOf('/'), 0)];
                continue;
            }

            using SafeFileHandle parent = FileCalls.Open(_root, FileCalls.Terminated(resolved.Length == 0 ? "/" : resolved),
                OpenFlags.O_PATH | OpenFlags.O_DIRECTORY, 0, Inside);
            byte[] terminated = FileCalls.Terminated(name);
            FileStatus? status = FileCalls.TryStatus(parent, terminated, out int errno);
            if (status is null && errno == Errno.ENOENT)
            {
                errno = FileCalls.TryMakeDirectory(parent, terminated, 0b111_101_101);
                status = errno is 0 or Errno.EEXIST ? FileCalls.TryStatus(parent, terminated, out errno) : null;
            }

            switch (status?.Kind)
            {
                case FileKind.Directory:
                    resolved += "/" + name;
                    break;
                case FileKind.SymbolicLink when ++links <= MaximumLinks:
                    string target = System.Text.Encoding.UTF8.GetString(FileCalls.ReadLink(parent, terminated));
                    resolved = target.StartsWith('/') ? "" : resolved;
                    foreach (string part in target.Split('/', StringSplitOptions.RemoveEmptyEntries).Reverse())
                    {
                        pending.Push(part);
                    }

                    break;
                case FileKind.SymbolicLink:
                    throw new LinuxException("mkdir", Errno.ELOOP, path);
                case null:
                    throw new LinuxException("mkdir", errno, path);
                default:
                    throw new LinuxException("mkdir", Errno.ENOTDIR, path);
            }
        }
    }

    public void Dispose() => _root.Dispose();
}
