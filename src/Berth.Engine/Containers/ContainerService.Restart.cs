namespace Berth.Engine.Containers;

public sealed partial class ContainerService
{
    public Task RestartAsync(string nameOrId, string? signal, TimeSpan? timeout, CancellationToken ct) => throw new NotImplementedException();
}
