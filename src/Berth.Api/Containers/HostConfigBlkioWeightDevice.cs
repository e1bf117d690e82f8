namespace Berth.Api.Containers;

public sealed record HostConfigBlkioWeightDevice
{
    public string Path { get; init => field = value ?? ""; } = "";
    public long Weight { get; init; }
}
