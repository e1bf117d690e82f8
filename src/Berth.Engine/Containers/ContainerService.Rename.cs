namespace Berth.Engine.Containers;

public sealed partial class ContainerService
{
    public Task RenameAsync(string nameOrId, string newName, CancellationToken ct) => throw new NotImplementedException();
}
