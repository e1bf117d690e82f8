using Berth.Api.Containers;

namespace Berth.Engine.Containers;

public sealed partial class ContainerService
{
    public Task<ContainerTop> TopAsync(string nameOrId, string psArguments, CancellationToken ct) => throw new NotImplementedException();
}
