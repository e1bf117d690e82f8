using System.Text.Json.Serialization;

namespace Berth.Api.Daemon;

public sealed record CommitInfo
{
    public string ID { get; init => field = value ?? ""; } = "";

    /// <summary>As <see cref="ID"/>; gone since API 1.49.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Expected { get; init; }
}
