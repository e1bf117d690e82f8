using System.Text.Json.Serialization;

namespace Berth.Api.Containers;

public sealed record ContainerState
{
    public string Status { get; init => field = value ?? ""; } = "";
    public bool Running { get; init; }
    public bool Paused { get; init; }
    public bool Restarting { get; init; }
    public bool OOMKilled { get; init; }
    public bool Dead { get; init; }
    public long Pid { get; init; }
    public int ExitCode { get; init; }
    public string Error { get; init => field = value ?? ""; } = "";
    public string StartedAt { get; init => field = value ?? ""; } = "";
    public string FinishedAt { get; init => field = value ?? ""; } = "";

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Health? Health { get; init; }
}
