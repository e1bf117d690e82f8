namespace Berth.Api.Networks;

public sealed record IpamStatus
{
    public IReadOnlyDictionary<string, SubnetStatus?>? Subnets { get; init; }
}
