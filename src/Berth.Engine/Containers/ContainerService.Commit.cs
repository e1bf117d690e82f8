using Berth.Api;

namespace Berth.Engine.Containers;

public sealed partial class ContainerService
{
    /// <returns>The new image's ID.</returns>
    public Task<IdResponse> CommitAsync(ContainerCommitRequest request, CancellationToken ct) => throw new NotImplementedException();
}
