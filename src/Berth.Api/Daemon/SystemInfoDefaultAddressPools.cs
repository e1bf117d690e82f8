namespace Berth.Api.Daemon;

public sealed record SystemInfoDefaultAddressPools
{
    public string Base { get; init; } = "";
    public long Size { get; init; }
}
