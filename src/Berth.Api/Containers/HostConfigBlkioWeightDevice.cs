namespace Berth.Api.Containers;

public sealed record HostConfigBlkioWeightDevice
{
    public string Path { get; init; } = "";
    public long Weight { get; init; }
}
