namespace Berth.Api.Containers;

public sealed record ThrottleDevice
{
    public string Path { get; init => field = value ?? ""; } = "";
    public long Rate { get; init; }
}
