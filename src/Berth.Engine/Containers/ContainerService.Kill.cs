namespace Berth.Engine.Containers;

public sealed partial class ContainerService
{
    public Task KillAsync(string nameOrId, string? signal, CancellationToken ct) => throw new NotImplementedException();
}
