using System.Text.Json.Serialization;

namespace Berth.Api.Networks;

public sealed record NetworkConnectRequest
{
    public string Container { get; init => field = value ?? ""; } = "";

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public EndpointSettings? EndpointConfig { get; init; }
}
