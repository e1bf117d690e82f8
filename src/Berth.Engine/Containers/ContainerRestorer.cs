using Berth.Engine.Networks;
using Berth.Engine.Volumes;
using Berth.Runtime;
using Microsoft.Extensions.Logging;

namespace Berth.Engine.Containers;

/// <summary>Brings containers into a new daemon, whatever ended the old one.</summary>
/// <remarks>
/// (1) read all documents; (2) reconnect to those that ran; (3) give the network those that still run; (4) take the common path of death for
/// those that do not; (5) remove what belongs to nobody; (6) start what its policy wants started; (7) get ready for the next one.
/// Stopped containers cost one row of one query each, no system call.
/// </remarks>
internal sealed class ContainerRestorer(
    ContainerTable table,
    ContainerStore store,
    ContainerResources resources,
    ExitWatcher exits,
    LeftoverSweeper leftovers,
    IContainerRuntime runtime,
    RuntimeSpecBuilder specs,
    NetworkService networks,
    VolumeService volumes,
    KeyedLock locks,
    TimeProvider time,
    ILogger<ContainerRestorer> logger)
{
    public async Task RestoreAsync(CancellationToken ct)
    {
        // (1)
        table.Load([.. store.Load().Select(d => new Container(d.Spec, d.State, locks))]);

        // (2)
        Container[] ran = [.. table.All.Where(c => c.State.HasProcess)];
        await Task.WhenAll(ran.Select(c => ReconnectAsync(c, ct))).ConfigureAwait(false);
        ILookup<bool, Container> alive = ran.ToLookup(c => c.Task is not null);

        // (3)
        await networks.AdoptAsync([.. alive[true].Select(c => c.State.Sandbox).OfType<Sandbox>()], ct).ConfigureAwait(false);
        foreach (Container container in alive[true])
        {
            volumes.Adopt(container.Id, container.Spec.Mounts);
            exits.Watch(container, container.Task!); // the lookup's condition
        }

        // (4)
        foreach (Container container in alive[false])
        {
            await BuryAsync(container).ConfigureAwait(false);
        }

        // (5)
        await leftovers.SweepAsync(ct).ConfigureAwait(false);

        // (6)
        int started = await ApplyPoliciesAsync([.. alive[false]]).ConfigureAwait(false);

        // (7) beside whatever comes next
        _ = runtime.WarmUpAsync();
        _ = Task.Run(specs.WarmUp, CancellationToken.None);
        int running = alive[true].Count();
        int died = ran.Length - running;
        Log.Restored(logger, table.Count, running, died, started);
    }

    private async Task ReconnectAsync(Container container, CancellationToken ct)
    {
        try
        {
            container.Task = await runtime.ReconnectAsync(resources.BundleOf(container.Id), ct).ConfigureAwait(false);
        }
        catch (RuntimeFailureException e)
        {
            Log.ExitUnknown(logger, container.Id, e);
        }
    }

    private async Task BuryAsync(Container container)
    {
        TaskExit exit = resources.BundleOf(container.Id).ReadExit()
            ?? new TaskExit(ExitWatcher.UnknownExitCode, time.GetUtcNow(), OutOfMemory: false);
        using (await container.LockAsync(CancellationToken.None).ConfigureAwait(false))
        {
            // Its policy is asked below, once the sweep has made room.
            container.IsBeingRestarted = RestartPolicyDecision.HasPolicy(container.Spec.HostConfig.RestartPolicy);
            await exits.RecordAsync(container, exit, Task.CompletedTask).ConfigureAwait(false);
            container.IsBeingRestarted = false;
        }
    }

    private async Task<int> ApplyPoliciesAsync(HashSet<Container> died)
    {
        int started = 0;
        foreach (Container container in table.All)
        {
            if (container.State.HasProcess || !RestartPolicyDecision.AtDaemonStart(container.Spec.HostConfig.RestartPolicy, container.State, died.Contains(container)))
            {
                continue;
            }

            using (await container.LockAsync(CancellationToken.None).ConfigureAwait(false))
            {
                container.State = container.State with { Status = ContainerStatus.Restarting };
                exits.ScheduleRestart(container, TimeSpan.Zero);
                started++;
            }
        }

        return started;
    }
}
