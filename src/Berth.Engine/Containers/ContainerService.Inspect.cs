using Berth.Api.Containers;

namespace Berth.Engine.Containers;

public sealed partial class ContainerService
{
    public Task<ContainerInspect> InspectAsync(string nameOrId, bool size, CancellationToken ct) => throw new NotImplementedException();
}
