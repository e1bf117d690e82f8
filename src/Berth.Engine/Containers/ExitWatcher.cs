using System.Globalization;
using Berth.Runtime;
using Microsoft.Extensions.Logging;

namespace Berth.Engine.Containers;

/// <summary>Waits for containers to exit. Every death takes this one path, whoever caused it and whichever daemon saw it.</summary>
/// <remarks>
/// (1) give back network and mounts; (2) ask the restart policy; (3) save; (4) delete the bundle, once the runtime has cleaned up, and
/// meanwhile tell; (5) restart, or remove one that was to be removed; (6) wake the waiters, who may start or remove the container at once.
/// </remarks>
internal sealed class ExitWatcher : IDisposable
{
    /// <summary>The exit code of a container whose end nobody saw. moby 28: daemon/daemon.go, restore.</summary>
    public const int UnknownExitCode = 255;

    private readonly ContainerLauncher _launcher;
    private readonly ContainerResources _resources;
    private readonly ContainerRemover _remover;
    private readonly ContainerStore _store;
    private readonly ContainerEvents _events;
    private readonly HealthMonitor _health;
    private readonly TimeProvider _time;
    private readonly ILogger<ExitWatcher> _logger;
    private readonly CancellationTokenSource _detached = new();

    public ExitWatcher(
        ContainerLauncher launcher,
        ContainerResources resources,
        ContainerRemover remover,
        ContainerStore store,
        ContainerEvents events,
        HealthMonitor health,
        TimeProvider time,
        ILogger<ExitWatcher> logger)
    {
        _launcher = launcher;
        _resources = resources;
        _remover = remover;
        _store = store;
        _events = events;
        _health = health;
        _time = time;
        _logger = logger;
        launcher.Started = Watch;
    }

    /// <summary>From now on, until it exits: of one that was started as of one that was taken up.</summary>
    public void Watch(Container container, IContainerTask task)
    {
        _ = WatchAsync(container, task);
        _health.Begin(container, task, _detached.Token);
    }

    /// <summary>Stops watching and restarting: the daemon ends, its containers run on.</summary>
    public void Detach() => _detached.Cancel();

    public void Dispose() => _detached.Dispose();

    /// <summary>Records an exit. Runs under the container's lock.</summary>
    /// <param name="released">Completes when the runtime has given up the container.</param>
    public async Task RecordAsync(Container container, TaskExit exit, Task released)
    {
        // (1)
        ContainerRunState before = container.State;
        await _resources.ReleaseAsync(container.Spec, before.Sandbox).ConfigureAwait(false);

        // (2)
        bool restart = RestartPolicyDecision.AfterExit(
            container.Spec.HostConfig.RestartPolicy, exit.ExitCode, before.RestartCount, before.ManuallyStopped || container.IsBeingRestarted);
        bool remove = !restart && container.Spec.HostConfig.AutoRemove && !container.IsBeingRestarted;
        container.Task = null;
        container.State = before with
        {
            Status = restart ? ContainerStatus.Restarting : ContainerStatus.Exited,
            Pid = 0,
            ExitCode = exit.ExitCode,
            OutOfMemory = exit.OutOfMemory,
            FinishedAt = exit.At,
            RestartCount = restart ? before.RestartCount + 1 : before.RestartCount,
            Sandbox = null,
            Health = HealthStatus.AtExit(before.Health),
        };

        // (3) one that is removed next needs no record: without one it is simply removed later. Of an exit that cannot be written down
        // the bundle keeps the shim's record, for the next daemon
        bool isSaved = remove || _store.TrySave(container);

        // (4)
        Task bundle = isSaved ? _resources.TryDeleteBundleAsync(container.Id, released) : _resources.WaitForReleaseAsync(container.Id, released);
        TimeSpan ran = exit.At - (before.StartedAt ?? exit.At);
        Log.Exited(_logger, container.Id, exit.ExitCode);
        Tell(container, exit, ran);

        // (5)
        if (remove)
        {
            await TryRemoveAsync(container, bundle).ConfigureAwait(false);
        }

        await bundle.ConfigureAwait(false);
        if (restart)
        {
            ScheduleRestart(container, container.Backoff.Next(ran));
        }

        // (6)
        container.WakeExitWaiters(exit);
    }

    /// <summary>Whoever waits for the exit is told of it, whatever becomes of the removal.</summary>
    private async Task TryRemoveAsync(Container container, Task bundle)
    {
        try
        {
            await _remover.RemoveAsync(container, removeVolumes: true, bundle).ConfigureAwait(false);
        }
        catch (EngineException e)
        {
            Log.NotRemoved(_logger, container.Id, e);
        }
    }

    /// <summary>Starts a stopped container after <paramref name="delay"/>, unless somebody decides otherwise meanwhile. Runs under the container's lock.</summary>
    public void ScheduleRestart(Container container, TimeSpan delay)
    {
        var pending = CancellationTokenSource.CreateLinkedTokenSource(_detached.Token);
        container.PendingRestart = pending;
        _ = RestartLaterAsync(container, delay, pending);
    }

    /// <summary>A user stops a container that waits for its restart. Runs under the container's lock.</summary>
    public void CancelRestart(Container container)
    {
        container.PendingRestart?.Cancel();
        container.PendingRestart = null;
        container.State = container.State with { Status = ContainerStatus.Exited, ManuallyStopped = true };
        _store.TrySave(container);
        container.WakeExitWaiters(LastExit(container));
    }

    private TaskExit LastExit(Container container) =>
        new(container.State.ExitCode, container.State.FinishedAt ?? _time.GetUtcNow(), container.State.OutOfMemory);

    private async Task WatchAsync(Container container, IContainerTask task)
    {
        try
        {
            TaskExit exit = await ExitOfAsync(container, task).ConfigureAwait(false);
            using (await container.LockAsync(CancellationToken.None).ConfigureAwait(false))
            {
                if (container.Task == task)
                {
                    await RecordAsync(container, exit, task.Released).ConfigureAwait(false);
                }
            }

            await task.DisposeAsync().ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_detached.IsCancellationRequested)
        {
            // The next daemon takes it up.
        }
        catch (Exception e)
        {
            Log.ExitNotRecorded(_logger, container.Id, e);
        }
    }

    private async Task<TaskExit> ExitOfAsync(Container container, IContainerTask task)
    {
        try
        {
            return await task.Exited.WaitAsync(_detached.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            Log.ExitUnknown(_logger, container.Id, e);
            return _resources.BundleOf(container.Id).ReadExit() ?? new TaskExit(UnknownExitCode, _time.GetUtcNow(), OutOfMemory: false);
        }
    }

    private void Tell(Container container, TaskExit exit, TimeSpan ran)
    {
        if (exit.OutOfMemory)
        {
            _events.Publish(container, "oom");
        }

        _events.Publish(container, "die",
            new("exitCode", exit.ExitCode.ToString(CultureInfo.InvariantCulture)),
            new("execDuration", ((long)ran.TotalSeconds).ToString(CultureInfo.InvariantCulture)));
    }

    private async Task RestartLaterAsync(Container container, TimeSpan delay, CancellationTokenSource pending)
    {
        using (pending)
        {
            try
            {
                await Task.Delay(delay, _time, pending.Token).ConfigureAwait(false);
                using (await container.LockAsync(pending.Token).ConfigureAwait(false))
                {
                    if (container.PendingRestart == pending)
                    {
                        container.PendingRestart = null;
                        await _launcher.LaunchAsync(container, byUser: false).ConfigureAwait(false);
                    }
                }
            }
            catch (OperationCanceledException)
            {
                // A user stopped or removed it, or the daemon ends.
            }
            catch (EngineException e)
            {
                Log.RestartFailed(_logger, container.Id, e.Message);
            }
            catch (Exception e)
            {
                Log.ExitNotRecorded(_logger, container.Id, e);
            }
        }
    }
}
