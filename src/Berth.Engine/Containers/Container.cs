using Berth.Runtime;

namespace Berth.Engine.Containers;

/// <summary>A container alive in the daemon: owner of what was asked, of what is, and of the lock between them.</summary>
/// <remarks>
/// Reads take no lock: <see cref="Spec"/> and <see cref="State"/> are records, replaced whole. Who replaces them holds the container's lock
/// (<see cref="LockAsync"/>), and holds that of one container only.
/// </remarks>
internal sealed class Container(ContainerSpec spec, ContainerRunState state, KeyedLock locks)
{
    private readonly Lock _listeners = new();
    private readonly List<Func<IContainerTask?, Task>> _preparedHooks = [];
    private readonly List<TaskCompletionSource<TaskExit>> _exitWaiters = [];
    private readonly List<TaskCompletionSource<TaskExit>> _removalWaiters = [];
    private volatile ContainerSpec _spec = spec;
    private volatile ContainerRunState _state = state;
    private volatile IContainerTask? _task;

    public string Id { get; } = spec.Id;

    public ContainerSpec Spec
    {
        get => _spec;
        set => _spec = value;
    }

    public ContainerRunState State
    {
        get => _state;
        set => _state = value;
    }

    /// <summary>The running process; null while there is none.</summary>
    public IContainerTask? Task
    {
        get => _task;
        set => _task = value;
    }

    public string Name => _spec.Name;

    /// <summary>The restart policy's memory; touched under the lock only.</summary>
    public RestartBackoff Backoff { get; } = new();

    /// <summary>Ends the wait of a restart that is due; null while none is. Touched under the lock only.</summary>
    public CancellationTokenSource? PendingRestart { get; set; }

    /// <summary>A user's restart has stopped it and will start it: no policy is asked, and it is not removed. Touched under the lock only.</summary>
    public bool IsBeingRestarted { get; set; }

    public ValueTask<KeyedLock.Holder> LockAsync(CancellationToken ct) => locks.AcquireAsync(Id, ct);

    public ContainerDocument ToDocument() => new() { Spec = _spec, State = _state };

    /// <summary>
    /// Calls <paramref name="hook"/> once, when the next process is prepared and before its first byte of output; with null when there will be
    /// none, because the start failed or the container was removed. Disposing takes the hook back.
    /// </summary>
    public IDisposable OnPrepared(Func<IContainerTask?, Task> hook)
    {
        lock (_listeners)
        {
            _preparedHooks.Add(hook);
        }

        return new Registration(this, hook);
    }

    /// <summary>Runs the hooks of <see cref="OnPrepared"/> and forgets them.</summary>
    public Task RunPreparedHooksAsync(IContainerTask? prepared)
    {
        Func<IContainerTask?, Task>[] hooks;
        lock (_listeners)
        {
            if (_preparedHooks.Count == 0)
            {
                return System.Threading.Tasks.Task.CompletedTask;
            }

            hooks = [.. _preparedHooks];
            _preparedHooks.Clear();
        }

        return System.Threading.Tasks.Task.WhenAll(hooks.Select(hook => hook(prepared)));
    }

    /// <summary>Completes with the next exit, once the container could be started again; with the removal where that comes first.</summary>
    public Task<TaskExit> NextExitAsync(CancellationToken ct) => AddWaiter(_exitWaiters, ct);

    /// <summary>Completes when the container is removed, with its last exit.</summary>
    public Task<TaskExit> RemovedAsync(CancellationToken ct) => AddWaiter(_removalWaiters, ct);

    public void WakeExitWaiters(TaskExit exit) => Wake(_exitWaiters, exit);

    public void WakeAllWaiters(TaskExit exit)
    {
        Wake(_exitWaiters, exit);
        Wake(_removalWaiters, exit);
    }

    private Task<TaskExit> AddWaiter(List<TaskCompletionSource<TaskExit>> waiters, CancellationToken ct)
    {
        var waiter = new TaskCompletionSource<TaskExit>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_listeners)
        {
            waiters.Add(waiter);
        }

        return ct.CanBeCanceled ? WaitAsync(waiters, waiter, ct) : waiter.Task;
    }

    private async Task<TaskExit> WaitAsync(List<TaskCompletionSource<TaskExit>> waiters, TaskCompletionSource<TaskExit> waiter, CancellationToken ct)
    {
        try
        {
            return await waiter.Task.WaitAsync(ct).ConfigureAwait(false);
        }
        finally
        {
            lock (_listeners)
            {
                waiters.Remove(waiter);
            }
        }
    }

    private void Wake(List<TaskCompletionSource<TaskExit>> waiters, TaskExit exit)
    {
        TaskCompletionSource<TaskExit>[] woken;
        lock (_listeners)
        {
            woken = [.. waiters];
            waiters.Clear();
        }

        foreach (TaskCompletionSource<TaskExit> waiter in woken)
        {
            waiter.TrySetResult(exit);
        }
    }

    private sealed class Registration(Container container, Func<IContainerTask?, Task> hook) : IDisposable
    {
        public void Dispose()
        {
            lock (container._listeners)
            {
                container._preparedHooks.Remove(hook);
            }
        }
    }
}
