using Berth.Linux.Files;

namespace Berth.Linux.Devices;

/// <summary>A device node of the host.</summary>
/// <param name="Type"><c>c</c> or <c>b</c>.</param>
/// <param name="Permissions">Permission bits.</param>
public sealed record DeviceNode(string Type, string Path, uint Major, uint Minor, int Permissions, uint Uid, uint Gid)
{
    /// <summary>Directories of /dev that a container has of its own, or that hold no devices. moby: containerd oci.HostDevices.</summary>
    private static readonly string[] NotForContainers = ["pts", "shm", "fd", "mqueue", ".lxc", ".lxd-mounts", ".udev"];

    /// <summary>Looks at a path, links followed.</summary>
    /// <returns>Null where there is no device; an empty place is an error.</returns>
    /// <exception cref="LinuxException">ENOENT and the like.</exception>
    public static DeviceNode? TryRead(string path)
    {
        FileStatus status = FileCalls.StatusOf(path) ?? throw new LinuxException("stat", Errno.ENOENT, path);
        if (status.Kind is FileKind.SymbolicLink)
        {
            string target = File.ResolveLinkTarget(path, returnFinalTarget: true)!.FullName; // it is a link
            status = FileCalls.StatusOf(target) ?? throw new LinuxException("stat", Errno.ENOENT, path);
        }

        return TryMake(path, status);
    }

    /// <summary>All devices below a directory, links not followed.</summary>
    public static IEnumerable<DeviceNode> Below(string directory)
    {
        foreach (string path in Directory.EnumerateFileSystemEntries(directory).Order(StringComparer.Ordinal))
        {
            // it may be gone again: /dev lives
            FileStatus? status = FileCalls.StatusOf(path);
            if (status is { Kind: FileKind.Directory })
            {
                if (directory != "/dev" || !NotForContainers.Contains(System.IO.Path.GetFileName(path)))
                {
                    foreach (DeviceNode device in Below(path))
                    {
                        yield return device;
                    }
                }
            }
            else if (status is { } found && path != "/dev/console" && TryMake(path, found) is { } device)
            {
                yield return device;
            }
        }
    }

    private static DeviceNode? TryMake(string path, FileStatus status) => status.Kind switch
    {
        FileKind.CharacterDevice when !status.IsWhiteout => Make("c", path, status),
        FileKind.BlockDevice => Make("b", path, status),
        _ => null,
    };

    private static DeviceNode Make(string type, string path, FileStatus status) =>
        new(type, path, status.NodeMajor, status.NodeMinor, status.Permissions, status.Uid, status.Gid);
}
