namespace Berth.Engine.Containers;

public sealed partial class ContainerService
{
    public Task ResizeAsync(string nameOrId, int rows, int columns, CancellationToken ct) => throw new NotImplementedException();
}
