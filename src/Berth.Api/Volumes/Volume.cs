using System.Text.Json.Serialization;

namespace Berth.Api.Volumes;

public sealed record Volume
{
    public string Name { get; init => field = value ?? ""; } = "";
    public string Driver { get; init => field = value ?? ""; } = "";
    public string Mountpoint { get; init => field = value ?? ""; } = "";

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? CreatedAt { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, EmptyObject>? Status { get; init; }

    public IReadOnlyDictionary<string, string>? Labels { get; init; }
    public string Scope { get; init => field = value ?? ""; } = "";
    public IReadOnlyDictionary<string, string>? Options { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public VolumeUsageData? UsageData { get; init; }
}
