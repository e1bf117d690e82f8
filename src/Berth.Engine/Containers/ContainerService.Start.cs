namespace Berth.Engine.Containers;

public sealed partial class ContainerService
{
    public Task StartAsync(string nameOrId, CancellationToken ct) => throw new NotImplementedException();
}
