namespace Berth.Engine.Containers;

public sealed partial class ContainerService
{
    public Task RemoveAsync(string nameOrId, bool force, bool volumes, bool link, CancellationToken ct) => throw new NotImplementedException();
}
