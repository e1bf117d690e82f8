namespace Berth.Engine.Containers;

public sealed partial class ContainerService
{
    /// <remarks>moby 28: daemon/logs.go. A container that does not run is not followed: nothing is to come.</remarks>
    /// <exception cref="EngineException">No stream is chosen, or its log is kept nowhere.</exception>
    public Task<ContainerLogs> LogsAsync(string nameOrId, LogsRequest request, CancellationToken ct)
    {
        Container container = _table.Get(nameOrId);
        if (!request.Stdout && !request.Stderr)
        {
            throw StreamErrors.NoStreamChosen();
        }

        if (container.State.Status is ContainerStatus.Dead or ContainerStatus.Removing)
        {
            throw StreamErrors.LogsOfDead();
        }

        return Task.FromResult<ContainerLogs>(OpenLogs(container, request));
    }

    private JsonFileLogs OpenLogs(Container container, LogsRequest request)
    {
        ContainerSpec spec = container.Spec;
        if (spec.HostConfig.LogConfig?.Type is LogOptions.None)
        {
            throw StreamErrors.LogsNotReadable();
        }

        return new JsonFileLogs(_paths.LogFile(spec.Id), spec.Config.Tty, request, request.Follow ? container.Task?.Exited : null);
    }
}
