using System.Text.Json.Serialization;

namespace Berth.Api.Daemon;

public sealed record SwarmInfo
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? NodeID { get; init; }

    public string NodeAddr { get; init => field = value ?? ""; } = "";
    public string LocalNodeState { get; init => field = value ?? ""; } = "";
    public bool ControlAvailable { get; init; }
    public string Error { get; init => field = value ?? ""; } = "";

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<PeerNode>? RemoteManagers { get; init; }

    public long? Nodes { get; init; }
    public long? Managers { get; init; }
}
