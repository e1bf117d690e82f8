using Berth.Runtime;

namespace Berth.TestHost.Fakes;

/// <summary>An exec in a container of the <see cref="FakeRuntime"/>.</summary>
public sealed class FakeExecTask(FakeRuntime runtime, ExecRequest request) : FakeProcess(request.Terminal), IExecTask
{
    public ExecRequest Request { get; } = request;

    /// <summary>Thrown by the start where it is set.</summary>
    public RuntimeFailureException? Failure { get; set; }

    public Task StartAsync(CancellationToken ct)
    {
        if (Failure is not null)
        {
            EndAttachments();
            throw Failure;
        }

        Begin();
        runtime.OnExecStarted(this);
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    protected override void OnExited()
    {
    }
}
