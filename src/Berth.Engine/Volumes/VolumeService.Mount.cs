using Berth.Engine.Containers;
using Berth.Linux;
using Berth.Linux.Mounts;

namespace Berth.Engine.Volumes;

public sealed partial class VolumeService
{
    /// <summary>A container starts: mounts those volumes that are file systems of their own, and says so in events. Undone on failure.</summary>
    internal async Task MountAsync(string containerId, IReadOnlyList<ContainerMount> mounts, CancellationToken ct)
    {
        var done = new List<ContainerMount>();
        try
        {
            foreach (ContainerMount mount in mounts.Where(mount => mount.VolumeName is not null))
            {
                await MountAsync(containerId, mount, ct).ConfigureAwait(false);
                done.Add(mount);
            }
        }
        catch
        {
            await UnmountAsync(containerId, done).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>The container stopped. What is not mounted is no error.</summary>
    internal async Task UnmountAsync(string containerId, IReadOnlyList<ContainerMount> mounts)
    {
        foreach (ContainerMount mount in mounts)
        {
            if (mount.VolumeName is not { } name)
            {
                continue;
            }

            using KeyedLock.Holder holder = await _locks.AcquireAsync(name, CancellationToken.None).ConfigureAwait(false);
            if (!_volumes.TryGetValue(name, out Volume? volume) || !volume.MountedBy.Remove(containerId))
            {
                continue;
            }

            if (volume.MountedBy.Count == 0)
            {
                UnmountAll(volume);
            }

            _events.Publish("volume", "unmount", name, new Dictionary<string, string> { ["container"] = containerId, ["driver"] = LocalDriver });
        }
    }

    /// <summary>After a daemon restart, a container that still runs has its volumes mounted.</summary>
    internal void Adopt(string containerId, IReadOnlyList<ContainerMount> mounts)
    {
        foreach (ContainerMount mount in mounts)
        {
            if (mount.VolumeName is { } name && _volumes.TryGetValue(name, out Volume? volume))
            {
                volume.MountedBy.Add(containerId);
            }
        }
    }

    private async Task MountAsync(string containerId, ContainerMount mount, CancellationToken ct)
    {
        string name = mount.VolumeName!;
        using KeyedLock.Holder holder = await _locks.AcquireAsync(name, ct).ConfigureAwait(false);
        Volume volume = Find(name);
        if (volume.Document.Pending)
        {
            volume.Document = volume.Document with { Pending = false };
            Save(volume, Durability.ProcessCrash);
        }

        if (volume.MountedBy.Count == 0 && volume.Document.Options is { } options && VolumeOptions.NeedMount(options))
        {
            await VolumeOptions.MountAsync(options, _paths.VolumeData(name), ct).ConfigureAwait(false);
        }

        // the same container may have it at several places
        if (volume.MountedBy.Add(containerId))
        {
            _events.Publish("volume", "mount", name, new Dictionary<string, string>
            {
                ["container"] = containerId,
                ["destination"] = mount.Destination,
                ["driver"] = LocalDriver,
                ["propagation"] = mount.Propagation,
                ["read/write"] = mount.ReadWrite ? "true" : "false",
            });
        }
    }

    private void UnmountAll(Volume volume)
    {
        if (!VolumeOptions.NeedMount(volume.Document.Options))
        {
            return;
        }

        try
        {
            MountCalls.Unmount(_paths.VolumeData(volume.Name), lazy: true);
        }
        catch (LinuxException e)
        {
            _logger.UnmountFailed(volume.Name, e);
        }
    }
}
