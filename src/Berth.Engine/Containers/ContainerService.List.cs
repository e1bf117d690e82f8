using Berth.Api;
using Berth.Api.Containers;

namespace Berth.Engine.Containers;

public sealed partial class ContainerService
{
    /// <param name="limit">At most that many, newest first, running or not; 0 or less is no limit.</param>
    public Task<IReadOnlyList<ContainerSummary>> ListAsync(bool all, int limit, bool size, Filters filters, CancellationToken ct) => throw new NotImplementedException();
}
