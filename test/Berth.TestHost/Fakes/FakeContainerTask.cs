using System.Collections.Concurrent;
using System.Text;
using Berth.Runtime;

namespace Berth.TestHost.Fakes;

/// <summary>A container of the <see cref="FakeRuntime"/>.</summary>
public sealed class FakeContainerTask(FakeRuntime runtime, TaskRequest request) : FakeProcess(request.Terminal), IContainerTask
{
    private readonly ConcurrentDictionary<string, FakeExecTask> _execs = new();
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TaskRequest Request { get; } = request;

    public Task Released => _released.Task;

    public bool IsPaused { get; private set; }

    /// <summary>What <see cref="UpdateAsync"/> was asked for last.</summary>
    public string? Resources { get; private set; }

    public IReadOnlyDictionary<string, FakeExecTask> Execs => _execs;

    public Task StartAsync(CancellationToken ct)
    {
        if (runtime.RefuseStart?.Invoke(Request) is { } failure)
        {
            EndAttachments();
            _released.TrySetResult();
            throw failure;
        }

        Begin();
        runtime.OnStarted?.Invoke(this);
        return Task.CompletedTask;
    }

    public Task PauseAsync(CancellationToken ct)
    {
        IsPaused = true;
        return Task.CompletedTask;
    }

    public Task ResumeAsync(CancellationToken ct)
    {
        IsPaused = false;
        return Task.CompletedTask;
    }

    public Task UpdateAsync(ReadOnlyMemory<byte> resourcesJson, CancellationToken ct)
    {
        Resources = Encoding.UTF8.GetString(resourcesJson.Span);
        return Task.CompletedTask;
    }

    public Task<IExecTask> PrepareExecAsync(ExecRequest request, CancellationToken ct)
    {
        if (Pid == 0 || Exited.IsCompleted)
        {
            throw new RuntimeFailureException("container not running");
        }

        var exec = new FakeExecTask(runtime, request);
        _execs[request.ExecId] = exec;
        return Task.FromResult<IExecTask>(exec);
    }

    public IExecTask? FindExec(string execId) => _execs.GetValueOrDefault(execId);

    /// <summary>As with a real one, the container goes on.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    protected override void OnExited()
    {
        foreach (FakeExecTask exec in _execs.Values)
        {
            exec.Exit(137);
        }

        _released.TrySetResult();
    }
}
