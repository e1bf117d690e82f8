namespace Berth.Runtime.Shim;

internal sealed class ShimExecTask(ShimTask container, string execId, int pid, ReadOnlyMemory<byte> processJson = default) : IExecTask
{
    private readonly TaskCompletionSource<TaskExit> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _pid = pid;

    public int Pid => Volatile.Read(ref _pid);

    public Task<TaskExit> Exited => _exited.Task;

    public async Task StartAsync(CancellationToken ct) =>
        Volatile.Write(ref _pid, await container.StartExecAsync(execId, processJson).ConfigureAwait(false));

    public Task<IAttachment> AttachAsync(AttachRequest request, CancellationToken ct) => container.AttachAsync(execId, request, ct);

    public Task ResizeAsync(int rows, int columns, CancellationToken ct) => container.ResizeAsync(execId, rows, columns, ct);

    public Task SignalAsync(int signal, CancellationToken ct) => container.SignalAsync(execId, signal, ct);

    /// <summary>Nothing is held for it alone: requests go over the container's connection.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    internal void Complete(TaskExit exit) => _exited.TrySetResult(exit);
}
