using Berth.Api.Containers;

namespace Berth.Engine.Containers;

/// <summary>A container's mounts as the Engine API shows them. moby 28: container/container_unix.go, GetMountPoints.</summary>
internal static class ContainerMountView
{
    /// <summary>A tmpfs of <c>--tmpfs</c> is in <c>HostConfig.Tmpfs</c> only.</summary>
    public static IReadOnlyList<MountPoint> Of(IReadOnlyList<ContainerMount> mounts) =>
    [
        .. mounts.Where(m => m.Type != "tmpfs" || m.FromMounts).Select(m => new MountPoint
        {
            Type = m.Type,
            Name = m.VolumeName,
            Source = m.Source,
            Destination = m.Destination,
            Driver = m.Driver,
            Mode = m.Mode,
            RW = m.ReadWrite,
            Propagation = m.Propagation,
        }),
    ];
}
