namespace Berth.Api.Containers;

public sealed record HostConfigUlimits
{
    public string Name { get; init => field = value ?? ""; } = "";
    public long Soft { get; init; }
    public long Hard { get; init; }
}
