namespace Berth.Engine.Containers;

public sealed partial class ContainerService
{
    public Task<ContainerLogs> LogsAsync(string nameOrId, LogsRequest request, CancellationToken ct) => throw new NotImplementedException();
}
