using Berth.Api.Networks;

namespace Berth.Api.Containers;

public sealed record NetworkingConfig
{
    public IReadOnlyDictionary<string, EndpointSettings?>? EndpointsConfig { get; init; }
}
