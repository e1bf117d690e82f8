namespace Berth.Runtime;

/// <summary>A container's process, from prepared to exited.</summary>
/// <remarks>Disposing closes the connection only; the container goes on.</remarks>
public interface IContainerTask : IAsyncDisposable
{
    /// <summary>Process id of the container's first process on the host; 0 before it is started.</summary>
    int Pid { get; }

    /// <summary>Completes when the process has exited and all its output is in the log and was sent to attachments.</summary>
    Task<TaskExit> Exited { get; }

    /// <summary>Completes after <see cref="Exited"/>, when the runtime's own state and cgroup are gone too: the id may be used again.</summary>
    Task Released { get; }

    /// <summary>Starts the process.</summary>
    /// <exception cref="RuntimeFailureException">The runtime refused; nothing runs and nothing is left.</exception>
    Task StartAsync(CancellationToken ct);

    /// <summary>Takes part in the process's streams from here on. Before <see cref="StartAsync"/>: from the first byte on.</summary>
    Task<IAttachment> AttachAsync(AttachRequest request, CancellationToken ct);

    /// <exception cref="RuntimeFailureException">The process has exited.</exception>
    Task SignalAsync(int signal, CancellationToken ct);

    Task ResizeAsync(int rows, int columns, CancellationToken ct);

    Task PauseAsync(CancellationToken ct);

    Task ResumeAsync(CancellationToken ct);

    /// <summary>Changes the container's limits.</summary>
    /// <param name="resourcesJson">OCI runtime-spec JSON (config-linux.md, "Control groups"), with what is to be changed.</param>
    /// <exception cref="RuntimeFailureException">The kernel or the runtime refused.</exception>
    Task UpdateAsync(ReadOnlyMemory<byte> resourcesJson, CancellationToken ct);

    /// <summary>Prepares a further process in the container; it starts with <see cref="IExecTask.StartAsync"/>.</summary>
    Task<IExecTask> PrepareExecAsync(ExecRequest request, CancellationToken ct);

    /// <summary>An exec that is prepared or runs, be it of an earlier daemon; null where there is none (any more).</summary>
    IExecTask? FindExec(string execId);
}
