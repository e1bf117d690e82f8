namespace Berth.Api.Daemon;

public sealed record PeerNode
{
    public string NodeID { get; init; } = "";
    public string Addr { get; init; } = "";
}
