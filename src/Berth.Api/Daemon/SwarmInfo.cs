using System.Text.Json.Serialization;

namespace Berth.Api.Daemon;

public sealed record SwarmInfo
{
    public string NodeID { get; init => field = value ?? ""; } = "";

    public string NodeAddr { get; init => field = value ?? ""; } = "";
    public string LocalNodeState { get; init => field = value ?? ""; } = "";
    public bool ControlAvailable { get; init; }
    public string Error { get; init => field = value ?? ""; } = "";

    public IReadOnlyList<PeerNode>? RemoteManagers { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Nodes { get; init; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Managers { get; init; }
}
