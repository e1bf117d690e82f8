namespace Berth.Api.Networks;

public sealed record NetworkStatus
{
    public IpamStatus? IPAM { get; init; }
}
