using System.Collections.Concurrent;
using Berth.Runtime;

namespace Berth.TestHost.Fakes;

/// <summary>Containers without a kernel: their processes do what the test says, and end when it says so or a signal comes.</summary>
public sealed class FakeRuntime : IContainerRuntime
{
    private static int _lastPid = 100_000;
    private readonly ConcurrentDictionary<string, FakeContainerTask> _tasks = new();

    public string Name => "fake";

    /// <summary>Asked before a container is prepared and started; what it returns is thrown.</summary>
    public Func<TaskRequest, RuntimeFailureException?>? RefusePrepare { get; set; }

    public Func<TaskRequest, RuntimeFailureException?>? RefuseStart { get; set; }

    /// <summary>Called when a container has been started; ends it at once, writes output, …</summary>
    public Action<FakeContainerTask>? OnStarted { get; set; }

    /// <summary>Called when an exec has been started; by default it ends with 0.</summary>
    public Action<FakeExecTask> OnExecStarted { get; set; } = static exec => exec.Exit(0);

    /// <summary>Every task that was prepared, the latest of each container.</summary>
    public IReadOnlyDictionary<string, FakeContainerTask> Tasks => _tasks;

    public FakeContainerTask this[string containerId] => _tasks[containerId];

    public Task WarmUpAsync() => Task.CompletedTask;

    public Task<IContainerTask> PrepareAsync(TaskRequest request, CancellationToken ct)
    {
        if (RefusePrepare?.Invoke(request) is { } failure)
        {
            throw failure;
        }

        var task = new FakeContainerTask(this, request);
        _tasks[request.ContainerId] = task;
        return Task.FromResult<IContainerTask>(task);
    }

    public Task<IContainerTask?> ReconnectAsync(Bundle bundle, CancellationToken ct) =>
        Task.FromResult<IContainerTask?>(_tasks.Values.FirstOrDefault(task => task.Request.Bundle == bundle && task is { Pid: > 0, Exited.IsCompleted: false }));

    internal static int NextPid() => Interlocked.Increment(ref _lastPid);
}
