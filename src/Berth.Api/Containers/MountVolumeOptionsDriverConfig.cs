using System.Text.Json.Serialization;

namespace Berth.Api.Containers;

public sealed record MountVolumeOptionsDriverConfig
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Name { get; init => field = string.IsNullOrEmpty(value) ? null : value; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, string>? Options { get; init; }
}
