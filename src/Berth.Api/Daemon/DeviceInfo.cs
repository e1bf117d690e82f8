namespace Berth.Api.Daemon;

public sealed record DeviceInfo
{
    public string Source { get; init; } = "";
    public string ID { get; init; } = "";
}
