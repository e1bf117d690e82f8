using Berth.Api.Networks;

namespace Berth.Api.Containers;

public sealed record ContainerSummaryNetworkSettings
{
    public IReadOnlyDictionary<string, EndpointSettings?>? Networks { get; init; }
}
