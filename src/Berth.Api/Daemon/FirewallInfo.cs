using System.Text.Json.Serialization;

namespace Berth.Api.Daemon;

public sealed record FirewallInfo
{
    public string Driver { get; init => field = value ?? ""; } = "";

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<IReadOnlyList<string>>? Info { get; init; }
}
