namespace Berth.Api.Containers;

public sealed record HostConfigUlimits
{
    public string Name { get; init; } = "";
    public long Soft { get; init; }
    public long Hard { get; init; }
}
