using Berth.Api.Networks;

namespace Berth.Api.Containers;

public sealed record NetworkSettings
{
    public string SandboxID { get; init => field = value ?? ""; } = "";
    public string SandboxKey { get; init => field = value ?? ""; } = "";
    public IReadOnlyDictionary<string, IReadOnlyList<PortBinding>?>? Ports { get; init; }
    public IReadOnlyDictionary<string, EndpointSettings?>? Networks { get; init; }
}
