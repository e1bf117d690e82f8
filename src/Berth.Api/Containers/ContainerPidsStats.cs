using System.Text.Json.Serialization;

namespace Berth.Api.Containers;

public sealed record ContainerPidsStats
{
    [JsonPropertyName("current")]
    public ulong? Current { get; init; }

    [JsonPropertyName("limit")]
    public ulong? Limit { get; init; }
}
