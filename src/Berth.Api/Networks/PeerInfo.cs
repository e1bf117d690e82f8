namespace Berth.Api.Networks;

public sealed record PeerInfo
{
    public string Name { get; init => field = value ?? ""; } = "";
    public string IP { get; init => field = value ?? ""; } = "";
}
