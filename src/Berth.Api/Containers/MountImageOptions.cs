using System.Text.Json.Serialization;

namespace Berth.Api.Containers;

public sealed record MountImageOptions
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Subpath { get; init => field = string.IsNullOrEmpty(value) ? null : value; }
}
