namespace Berth.Runtime;

/// <summary>Has containers' processes run. What lies between (a shim, an OCI runtime's command line, one day a launcher of our own) is not the caller's concern.</summary>
public interface IContainerRuntime
{
    /// <summary>The name a container is created with: <c>crun</c>, <c>runc</c>, or one that the operator configured.</summary>
    string Name { get; }

    /// <summary>Gets ready for the next container, so that its start need not. Never fails; call it when nothing is more urgent.</summary>
    Task WarmUpAsync();

    /// <summary>Makes everything ready but does not start the process, so that output can be attached to before there is any.</summary>
    /// <param name="request">Its bundle is a directory; <c>config.json</c> and the mounted root file system may follow before the start.</param>
    /// <returns>A task that, disposed of before it is started, leaves nothing.</returns>
    /// <exception cref="RuntimeFailureException">The container cannot be set up.</exception>
    Task<IContainerTask> PrepareAsync(TaskRequest request, CancellationToken ct);

    /// <summary>Takes up the connection to a container that was started by an earlier daemon.</summary>
    /// <returns>Null where nothing of it runs any more; <see cref="Bundle.ReadExit"/> then has its exit.</returns>
    Task<IContainerTask?> ReconnectAsync(Bundle bundle, CancellationToken ct);
}
