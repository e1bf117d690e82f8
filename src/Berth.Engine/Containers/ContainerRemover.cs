using Berth.Engine.Snapshots;
using Berth.Engine.Volumes;
using Berth.Linux;
using Berth.Linux.Files;
using Berth.Runtime;
using Microsoft.Extensions.Logging;

namespace Berth.Engine.Containers;

/// <summary>Removes a container that does not run.</summary>
/// <remarks>Its document goes first, and with it the container; what is still on disk after a crash belongs to nobody and goes when the daemon starts.</remarks>
internal sealed class ContainerRemover(
    EnginePaths paths,
    ContainerTable table,
    ContainerStore store,
    ContainerEvents events,
    ExecTable execs,
    ISnapshotter snapshots,
    VolumeService volumes,
    TimeProvider time,
    ILogger<ContainerRemover> logger)
{
    /// <summary>Runs under the container's lock.</summary>
    /// <param name="bundle">Completes when the bundle is gone: with it, nothing is left that the container held.</param>
    public async Task RemoveAsync(Container container, bool removeVolumes, Task? bundle = null)
    {
        ContainerRunState last = container.State;
        container.State = last with { Status = ContainerStatus.Removing };
        try
        {
            store.Delete(container);
        }
        catch
        {
            container.State = last;
            throw;
        }

        table.Remove(container);
        execs.Forget(container.Id);
        DeleteFiles(container.Id);
        if (removeVolumes)
        {
            await RemoveVolumesAsync(container).ConfigureAwait(false);
        }

        await (bundle ?? Task.CompletedTask).ConfigureAwait(false);
        Log.Removed(logger, container.Id);
        events.Publish(container, "destroy");
        await container.RunPreparedHooksAsync(null).ConfigureAwait(false);
        container.WakeAllWaiters(new TaskExit(last.ExitCode, last.FinishedAt ?? time.GetUtcNow(), last.OutOfMemory));
    }

    /// <summary>Deletes what belongs to a container that is not there any more. What cannot be deleted is logged and tried again when the daemon starts.</summary>
    public void DeleteFiles(string id)
    {
        try
        {
            snapshots.RemoveWritable(id);
            DeleteDirectory(id);
        }
        catch (Exception e) when (e is LinuxException or IOException or UnauthorizedAccessException)
        {
            Log.FilesLeft(logger, id, e);
        }
    }

    /// <summary>The one place for a mount in it is <c>shm</c>: it must be empty, so that nothing is deleted through a mount.</summary>
    private void DeleteDirectory(string id)
    {
        if (Directory.Exists(paths.Shm(id)))
        {
            Directory.Delete(paths.Shm(id), recursive: false);
        }

        if (Directory.Exists(paths.Container(id)))
        {
            FileCalls.RemoveTree(paths.Container(id));
        }
    }

    private async Task RemoveVolumesAsync(Container container)
    {
        try
        {
            await volumes.RemoveAnonymousAsync(container.Spec.Mounts, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (e is LinuxException or IOException or UnauthorizedAccessException or EngineException)
        {
            Log.VolumesLeft(logger, container.Id, e);
        }
    }
}
