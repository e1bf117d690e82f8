using System.Security.Cryptography;
using Berth.Engine.Containers;
using Berth.Linux;
using Berth.Linux.Files;
using Berth.Linux.Mounts;

namespace Berth.Engine.Volumes;

public sealed partial class VolumeService
{
    /// <param name="force">A volume that is not there is no error; one in use is, all the same.</param>
    /// <exception cref="EngineException">NotFound, or Conflict with the containers that have it.</exception>
    public async Task RemoveAsync(string name, bool force, CancellationToken ct)
    {
        using KeyedLock.Holder holder = await _locks.AcquireAsync(name, ct).ConfigureAwait(false);
        if (!_volumes.TryGetValue(name, out Volume? volume))
        {
            if (force)
            {
                return;
            }

            throw VolumeErrors.NoSuchVolume(name);
        }

        IReadOnlyList<string> users = UsersOf(name);
        if (users.Count > 0)
        {
            throw VolumeErrors.InUse(name, users);
        }

        Delete(volume);
    }

    /// <summary>Removes the anonymous ones among <paramref name="mounts"/>; those that another container has are left to it.</summary>
    internal async Task RemoveAnonymousAsync(IReadOnlyList<ContainerMount> mounts, CancellationToken ct)
    {
        foreach (ContainerMount mount in mounts)
        {
            if (mount is { Anonymous: true, VolumeName: { } name })
            {
                using KeyedLock.Holder holder = await _locks.AcquireAsync(name, ct).ConfigureAwait(false);
                if (_volumes.TryGetValue(name, out Volume? volume) && UsersOf(name).Count == 0)
                {
                    Delete(volume);
                }
            }
        }
    }

    private void Delete(Volume volume)
    {
        // never through a mount: what is mounted there is not the volume's
        MountCalls.Unmount(_paths.VolumeData(volume.Name), lazy: true);
        string path = _paths.Volume(volume.Name);
        string removed = Path.Combine(_paths.Volumes, RemovedPrefix + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8)));
        bool exists = Directory.Exists(path);
        if (exists)
        {
            FileCalls.Rename(path, removed);
        }

        _store.Write(Durability.PowerLoss, new StateChange(StateTable.Volumes, volume.Name, null));
        _volumes.TryRemove(volume.Name, out _);
        if (exists)
        {
            RemoveDirectory(removed);
        }

        _logger.VolumeRemoved(volume.Name);
        _events.Publish("volume", "destroy", volume.Name, new Dictionary<string, string> { ["driver"] = LocalDriver });
    }

    /// <summary>What cannot be removed now is tried again when the daemon starts.</summary>
    private void RemoveDirectory(string path)
    {
        try
        {
            FileCalls.RemoveTree(path);
        }
        catch (LinuxException e)
        {
            _logger.RemovalFailed(path, e);
        }
    }
}
