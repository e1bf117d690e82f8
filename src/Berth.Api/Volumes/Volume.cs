using System.Text.Json.Serialization;

namespace Berth.Api.Volumes;

public sealed record Volume
{
    public string Name { get; init; } = "";
    public string Driver { get; init; } = "";
    public string Mountpoint { get; init; } = "";

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? CreatedAt { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, EmptyObject>? Status { get; init; }

    public IReadOnlyDictionary<string, string>? Labels { get; init; }
    public string Scope { get; init; } = "";
    public IReadOnlyDictionary<string, string>? Options { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public VolumeUsageData? UsageData { get; init; }
}
