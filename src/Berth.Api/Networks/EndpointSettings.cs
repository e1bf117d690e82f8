namespace Berth.Api.Networks;

public sealed record EndpointSettings
{
    public EndpointIpamConfig? IPAMConfig { get; init; }
    public IReadOnlyList<string>? Links { get; init; }
    public string MacAddress { get; init => field = value ?? ""; } = "";
    public IReadOnlyList<string>? Aliases { get; init; }
    public IReadOnlyDictionary<string, string>? DriverOpts { get; init; }
    public long GwPriority { get; init; }
    public string NetworkID { get; init => field = value ?? ""; } = "";
    public string EndpointID { get; init => field = value ?? ""; } = "";
    public string Gateway { get; init => field = value ?? ""; } = "";
    public string IPAddress { get; init => field = value ?? ""; } = "";
    public long IPPrefixLen { get; init; }
    public string IPv6Gateway { get; init => field = value ?? ""; } = "";
    public string GlobalIPv6Address { get; init => field = value ?? ""; } = "";
    public long GlobalIPv6PrefixLen { get; init; }
    public IReadOnlyList<string>? DNSNames { get; init; }
}
