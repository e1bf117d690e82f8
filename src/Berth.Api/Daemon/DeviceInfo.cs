namespace Berth.Api.Daemon;

public sealed record DeviceInfo
{
    public string Source { get; init => field = value ?? ""; } = "";
    public string ID { get; init => field = value ?? ""; } = "";
}
