namespace Berth.Api.Networks;

public sealed record Ipam
{
    public string Driver { get; init => field = value ?? ""; } = "";
    public IReadOnlyList<IpamConfig>? Config { get; init; }
    public IReadOnlyDictionary<string, string>? Options { get; init; }
}
