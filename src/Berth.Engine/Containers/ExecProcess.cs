using Berth.Api.Containers;
using Berth.Runtime;

namespace Berth.Engine.Containers;

/// <summary>One exec: what was asked, and how far it got.</summary>
internal sealed class ExecProcess(string id, Container container, ExecCreateRequest request, DateTimeOffset createdAt)
{
    private readonly TaskCompletionSource<IExecTask?> _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<int> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _claimed;

    public string Id { get; } = id;
    public Container Container { get; } = container;
    public ExecCreateRequest Request { get; } = request;
    public DateTimeOffset CreatedAt { get; } = createdAt;

    /// <summary>Process id on the host; 0 before it is started.</summary>
    public int Pid { get; private set; }

    /// <summary>Null until it has ended.</summary>
    public int? ExitCode { get; private set; }

    public DateTimeOffset? EndedAt { get; private set; }

    public bool IsRunning => Volatile.Read(ref _claimed) == 1 && ExitCode is null;

    /// <summary>The process, once it is started; null where it could not be.</summary>
    public Task<IExecTask?> Started => _started.Task;

    /// <summary>Its exit code.</summary>
    public Task<int> Ended => _ended.Task;

    /// <summary>An exec is started once.</summary>
    /// <exception cref="EngineException">Conflict.</exception>
    public void Claim()
    {
        if (Interlocked.Exchange(ref _claimed, 1) == 1)
        {
            throw ExitCode is null ? StreamErrors.ExecRunning(Id) : StreamErrors.ExecHasRun(Id);
        }
    }

    /// <summary>The connection broke before it was taken over: nothing was started, and may be yet.</summary>
    public void Release()
    {
        if (Pid == 0 && ExitCode is null)
        {
            Interlocked.Exchange(ref _claimed, 0);
        }
    }

    public void SetStarted(IExecTask task)
    {
        Pid = task.Pid;
        _started.TrySetResult(task);
    }

    public void SetEnded(int exitCode, DateTimeOffset at)
    {
        EndedAt = at;
        ExitCode = exitCode;
        _started.TrySetResult(null);
        _ended.TrySetResult(exitCode);
    }
}
