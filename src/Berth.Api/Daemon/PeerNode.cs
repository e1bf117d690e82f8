namespace Berth.Api.Daemon;

public sealed record PeerNode
{
    public string NodeID { get; init => field = value ?? ""; } = "";
    public string Addr { get; init => field = value ?? ""; } = "";
}
