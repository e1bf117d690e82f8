using System.Text.Json.Serialization;

namespace Berth.Api.Containers;

public sealed record ContainerBlkioStatEntry
{
    [JsonPropertyName("major")]
    public ulong Major { get; init; }

    [JsonPropertyName("minor")]
    public ulong Minor { get; init; }

    [JsonPropertyName("op")]
    public string Op { get; init => field = value ?? ""; } = "";

    [JsonPropertyName("value")]
    public ulong Value { get; init; }
}
