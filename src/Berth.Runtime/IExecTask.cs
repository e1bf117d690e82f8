namespace Berth.Runtime;

/// <summary>A further process in a running container.</summary>
public interface IExecTask : IAsyncDisposable
{
    int Pid { get; }

    /// <summary>Completes when the process has exited and its output was sent.</summary>
    Task<TaskExit> Exited { get; }

    /// <exception cref="RuntimeFailureException">The command cannot be run: <see cref="RuntimeFailureException.ExitCode"/> is 126 or 127 where the command itself is at fault.</exception>
    Task StartAsync(CancellationToken ct);

    Task<IAttachment> AttachAsync(AttachRequest request, CancellationToken ct);

    Task ResizeAsync(int rows, int columns, CancellationToken ct);

    Task SignalAsync(int signal, CancellationToken ct);
}
