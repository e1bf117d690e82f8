using Berth.Engine.Snapshots;
using Berth.Linux.Mounts;
using Berth.Runtime;
using Microsoft.Extensions.Logging;

namespace Berth.Engine.Containers;

/// <summary>Removes what a daemon that was killed left half made: processes and mounts of starts that were never acknowledged, files of containers that do not exist.</summary>
internal sealed class LeftoverSweeper(
    EnginePaths paths,
    ContainerTable table,
    ContainerStore store,
    ContainerResources resources,
    ContainerRemover remover,
    ISnapshotter snapshots,
    IContainerRuntime runtime,
    ILogger<LeftoverSweeper> logger)
{
    private static readonly TimeSpan ReleaseTimeout = TimeSpan.FromSeconds(10);

    public async Task SweepAsync(CancellationToken ct)
    {
        string[] bundles = [.. Names(paths.Bundles).Where(id => table.FindById(id)?.State.HasProcess != true && !store.IsUnsaved(id))];
        string[] files = [.. Names(paths.Containers).Concat(snapshots.Writables()).Distinct(StringComparer.Ordinal).Where(BelongsToNobody)];
        foreach (string id in bundles)
        {
            await EndProcessAsync(id, ct).ConfigureAwait(false);
        }

        Unmount([.. bundles, .. files]);
        foreach (string id in bundles)
        {
            resources.TryDeleteBundle(id);
            Log.LeftoverRemoved(logger, "bundle", id);
        }

        foreach (string id in files)
        {
            remover.DeleteFiles(id);
            Log.LeftoverRemoved(logger, "files", id);
        }
    }

    private static string[] Names(string directory) =>
        Directory.Exists(directory) ? [.. Directory.EnumerateDirectories(directory).Select(d => Path.GetFileName(d))] : [];

    /// <summary>A document that cannot be read still says that there was a container: what is on disk may be all that a user has of it.</summary>
    private bool BelongsToNobody(string id) => table.FindById(id) is null && !store.Unreadable.Contains(id);

    /// <summary>The last mount first: one may stand on another.</summary>
    private void Unmount(string[] ids)
    {
        if (ids.Length == 0)
        {
            return;
        }

        string[] directories = [.. ids.SelectMany(id => (string[])[paths.Bundle(id) + "/", paths.Container(id) + "/"])];
        foreach (MountInfo mount in MountInfo.Read().Reverse())
        {
            if (Array.Exists(directories, directory => mount.MountPoint.StartsWith(directory, StringComparison.Ordinal)))
            {
                MountCalls.Unmount(mount.MountPoint, lazy: true);
            }
        }
    }

    private async Task EndProcessAsync(string id, CancellationToken ct)
    {
        try
        {
            IContainerTask? task = await runtime.ReconnectAsync(resources.BundleOf(id), ct).ConfigureAwait(false);
            if (task is not null)
            {
                await using (task.ConfigureAwait(false))
                {
                    await KillAsync(task, ct).ConfigureAwait(false);
                }
            }
        }
        catch (Exception e) when (e is RuntimeFailureException or TimeoutException)
        {
            Log.LeftoverKept(logger, "process", id, e);
        }
    }

    private static async Task KillAsync(IContainerTask task, CancellationToken ct)
    {
        try
        {
            await task.SignalAsync(Signals.Kill, ct).ConfigureAwait(false);
        }
        catch (RuntimeFailureException)
        {
            // It has exited, and the runtime cleans up after it.
        }

        await task.Released.WaitAsync(ReleaseTimeout, ct).ConfigureAwait(false);
    }
}
