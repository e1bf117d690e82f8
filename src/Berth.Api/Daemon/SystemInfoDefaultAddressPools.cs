namespace Berth.Api.Daemon;

public sealed record SystemInfoDefaultAddressPools
{
    public string Base { get; init => field = value ?? ""; } = "";
    public long Size { get; init; }
}
