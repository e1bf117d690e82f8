using Berth.Engine.Networks;
using Berth.Engine.Snapshots;
using Berth.Engine.Volumes;
using Berth.Linux;
using Berth.Linux.Files;
using Berth.Linux.Mounts;
using Berth.Runtime;
using Microsoft.Extensions.Logging;

namespace Berth.Engine.Containers;

/// <summary>What a container holds of the host while it runs: its bundle, its mounts, its place in the network.</summary>
internal sealed class ContainerResources(
    EnginePaths paths,
    ISnapshotter snapshots,
    NetworkService networks,
    VolumeService volumes,
    HostMounts hostMounts,
    ILogger<ContainerResources> logger)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    public Bundle BundleOf(string id) => new(paths.Bundle(id));

    public Bundle CreateBundle(string id)
    {
        Bundle bundle = BundleOf(id);
        if (Directory.Exists(bundle.Directory))
        {
            // It kept the record of an exit that could not be saved; this is a new life.
            DeleteBundle(id);
        }

        Directory.CreateDirectory(bundle.Directory, OwnerOnly);
        Directory.CreateDirectory(bundle.RootFsPath, OwnerOnly);
        return bundle;
    }

    public void MountRoot(string id) => MountCalls.Mount(snapshots.RootMount(id), BundleOf(id).RootFsPath);

    /// <summary>A process that is still dying may hold it: the kernel takes it off at once and forgets it with its last user.</summary>
    public void UnmountRoot(string id) => MountCalls.Unmount(BundleOf(id).RootFsPath, lazy: true);

    /// <summary>Deletes the bundle. Its mount point goes first and must be empty: nothing is ever deleted through a mount.</summary>
    public void DeleteBundle(string id)
    {
        Bundle bundle = BundleOf(id);
        if (Directory.Exists(bundle.RootFsPath))
        {
            Directory.Delete(bundle.RootFsPath, recursive: false);
        }

        if (Directory.Exists(bundle.Directory))
        {
            FileCalls.RemoveTree(bundle.Directory);
        }
    }

    /// <summary>
    /// Gives network and mounts back. Every part is tried; what fails is logged, since nobody is left who could do better, and taken up
    /// again by the next daemon's start.
    /// </summary>
    public async Task ReleaseAsync(ContainerSpec spec, Sandbox? sandbox)
    {
        // The network's part waits for the kernel most of the time: the mounts are taken down meanwhile.
        Task network = sandbox is null ? Task.CompletedTask : Task.Run(() => networks.RemoveSandboxAsync(sandbox, CancellationToken.None));
        Try(spec.Id, "root file system", () => UnmountRoot(spec.Id));
        Try(spec.Id, "host mounts", () => hostMounts.Unmount(spec));
        await TryAsync(spec.Id, "volumes", volumes.UnmountAsync(spec.Id, spec.Mounts)).ConfigureAwait(false);
        await TryAsync(spec.Id, "network", network).ConfigureAwait(false);
    }

    /// <summary>As <see cref="DeleteBundle"/>, for a path on which nothing may fail any more.</summary>
    public void TryDeleteBundle(string id) => Try(id, "bundle", () => DeleteBundle(id));

    /// <summary>As <see cref="TryDeleteBundle"/>, once the runtime works in it no more. The record of the exit, which lies in it, must be saved elsewhere.</summary>
    /// <param name="released">Completes when the runtime has given up the container.</param>
    public async Task TryDeleteBundleAsync(string id, Task released)
    {
        await WaitForReleaseAsync(id, released).ConfigureAwait(false);
        TryDeleteBundle(id);
    }

    /// <summary>Waits until the runtime has given up a container. A failure is logged.</summary>
    public Task WaitForReleaseAsync(string id, Task released) => TryAsync(id, "runtime", released);

    private void Try(string id, string what, Action step)
    {
        try
        {
            step();
        }
        catch (Exception e) when (e is LinuxException or IOException or UnauthorizedAccessException or EngineException)
        {
            Log.NotReleased(logger, id, what, e);
        }
    }

    private async Task TryAsync(string id, string what, Task step)
    {
        try
        {
            await step.ConfigureAwait(false);
        }
        catch (Exception e) when (e is LinuxException or IOException or UnauthorizedAccessException or EngineException or RuntimeFailureException)
        {
            Log.NotReleased(logger, id, what, e);
        }
    }
}
