using Berth.Runtime;

namespace Berth.Engine.Containers;

public sealed partial class ContainerService
{
    /// <summary>moby 28: container/container.go, DefaultStopTimeout.</summary>
    private static readonly TimeSpan DefaultStopTimeout = TimeSpan.FromSeconds(10);

    /// <param name="timeout">Time before SIGKILL; null takes the container's own, infinite never kills.</param>
    /// <exception cref="EngineException">NotModified when it does not run.</exception>
    public async Task StopAsync(string nameOrId, string? signal, TimeSpan? timeout, CancellationToken ct)
    {
        Container container = _table.Get(nameOrId);
        ContainerTransitions.Check(ContainerVerb.Stop, container);
        try
        {
            await StopAsync(container, signal, timeout, ct).ConfigureAwait(false);
        }
        catch (EngineException e) when (e.Kind == ErrorKind.System)
        {
            throw ContainerErrors.CannotStop(nameOrId, e);
        }
    }

    /// <summary>Returns when the container is gone; one that does not run is no error. Once the signal is sent, the caller's leaving changes nothing.</summary>
    private async Task StopAsync(Container container, string? signal, TimeSpan? timeout, CancellationToken ct)
    {
        int number = string.IsNullOrEmpty(signal) ? Signals.StopSignalOf(container.Spec) : Signals.Parse(signal);
        Task<TaskExit>? exit = await BeginStopAsync(container, number, ct).ConfigureAwait(false);
        if (exit is not null && !await HasEndedAsync(exit, timeout ?? StopTimeoutOf(container.Spec)).ConfigureAwait(false))
        {
            await KillStubbornAsync(container).ConfigureAwait(false);
        }

        _events.Publish(container, "stop");
    }

    private async Task<Task<TaskExit>?> BeginStopAsync(Container container, int signal, CancellationToken ct)
    {
        using (await container.LockAsync(ct).ConfigureAwait(false))
        {
            if (container.State.Status == ContainerStatus.Restarting)
            {
                _exits.CancelRestart(container);
                return null;
            }

            if (!container.State.HasProcess)
            {
                return null;
            }

            container.State = container.State with { ManuallyStopped = true };
            _store.TrySave(container);
            Task<TaskExit> exit = container.NextExitAsync(CancellationToken.None);
            await SendAsync(container, signal, thaw: true).ConfigureAwait(false);
            return exit;
        }
    }

    private async Task<bool> HasEndedAsync(Task<TaskExit> exit, TimeSpan timeout)
    {
        try
        {
            await exit.WaitAsync(timeout, _time).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private async Task KillStubbornAsync(Container container)
    {
        Task<TaskExit>? exit;
        try
        {
            exit = await SignalAsync(container, Signals.Kill, CancellationToken.None).ConfigureAwait(false);
        }
        catch (EngineException e) when (e.Kind == ErrorKind.Conflict)
        {
            // It went at the last moment.
            return;
        }

        if (exit is not null)
        {
            await AwaitDeathAsync(exit).ConfigureAwait(false);
        }
    }

    private static TimeSpan StopTimeoutOf(ContainerSpec spec) => spec.Config.StopTimeout switch
    {
        null => DefaultStopTimeout,
        < 0 => Timeout.InfiniteTimeSpan,
        { } seconds => TimeSpan.FromSeconds(seconds),
    };
}
