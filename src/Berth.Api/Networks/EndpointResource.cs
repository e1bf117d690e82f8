namespace Berth.Api.Networks;

public sealed record EndpointResource
{
    public string Name { get; init => field = value ?? ""; } = "";
    public string EndpointID { get; init => field = value ?? ""; } = "";
    public string MacAddress { get; init => field = value ?? ""; } = "";
    public string IPv4Address { get; init => field = value ?? ""; } = "";
    public string IPv6Address { get; init => field = value ?? ""; } = "";
}
