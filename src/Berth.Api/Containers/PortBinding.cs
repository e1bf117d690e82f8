namespace Berth.Api.Containers;

public sealed record PortBinding
{
    public string HostIp { get; init => field = value ?? ""; } = "";
    public string HostPort { get; init => field = value ?? ""; } = "";
}
