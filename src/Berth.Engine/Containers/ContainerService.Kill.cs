using System.Globalization;
using Berth.Runtime;

namespace Berth.Engine.Containers;

public sealed partial class ContainerService
{
    /// <summary>How long a killed container may take to go. moby 28: daemon/kill.go, Kill.</summary>
    private static readonly TimeSpan DeathTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Sends a signal; with SIGKILL, the default, returns when the container is gone.</summary>
    public async Task KillAsync(string nameOrId, string? signal, CancellationToken ct)
    {
        try
        {
            int number = string.IsNullOrEmpty(signal) ? Signals.Kill : Signals.Parse(signal);
            Container container = _table.Get(nameOrId);
            Task<TaskExit>? exit = await SignalAsync(container, number, ct).ConfigureAwait(false);
            if (number == Signals.Kill && exit is not null)
            {
                await AwaitDeathAsync(exit).ConfigureAwait(false);
            }
        }
        catch (EngineException e)
        {
            throw ContainerErrors.CannotKill(nameOrId, e);
        }
    }

    /// <summary>Signals a container that counts as running. One that waits for its restart has no process: it is simply not restarted.</summary>
    /// <returns>Its next exit; null where there was no process.</returns>
    private async Task<Task<TaskExit>?> SignalAsync(Container container, int signal, CancellationToken ct)
    {
        using (await container.LockAsync(ct).ConfigureAwait(false))
        {
            ContainerTransitions.Check(ContainerVerb.Kill, container);
            if (container.State.Status == ContainerStatus.Restarting)
            {
                _exits.CancelRestart(container);
                return null;
            }

            bool ends = signal == Signals.Kill || signal == Signals.StopSignalOf(container.Spec);
            if (ends && !container.State.ManuallyStopped)
            {
                container.State = container.State with { ManuallyStopped = true };
                _store.TrySave(container);
            }

            Task<TaskExit> exit = container.NextExitAsync(CancellationToken.None);
            await SendAsync(container, signal, thaw: ends).ConfigureAwait(false);
            return exit;
        }
    }

    private async Task SendAsync(Container container, int signal, bool thaw)
    {
        if (container.Task is not { } task)
        {
            return;
        }

        try
        {
            await task.SignalAsync(signal, CancellationToken.None).ConfigureAwait(false);
            if (thaw && container.State.Status == ContainerStatus.Paused)
            {
                // A frozen process takes its signal when it thaws.
                await task.ResumeAsync(CancellationToken.None).ConfigureAwait(false);
                container.State = container.State with { Status = ContainerStatus.Running };
            }
        }
        catch (RuntimeFailureException) when (task.Exited.IsCompleted)
        {
            return;
        }
        catch (RuntimeFailureException e)
        {
            throw new EngineException(ErrorKind.System, e.Message, e);
        }

        _events.Publish(container, "kill", new KeyValuePair<string, string>("signal", signal.ToString(CultureInfo.InvariantCulture)));
    }

    private async Task AwaitDeathAsync(Task<TaskExit> exit)
    {
        try
        {
            await exit.WaitAsync(DeathTimeout, _time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw ContainerErrors.DoesNotDie();
        }
    }
}
