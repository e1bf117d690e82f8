namespace Berth.Engine.Containers;

public sealed partial class ContainerService
{
    public Task PauseAsync(string nameOrId, CancellationToken ct) => throw new NotImplementedException();

    public Task UnpauseAsync(string nameOrId, CancellationToken ct) => throw new NotImplementedException();
}
