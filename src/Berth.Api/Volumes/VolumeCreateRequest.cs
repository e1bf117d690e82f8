namespace Berth.Api.Volumes;

public sealed record VolumeCreateRequest
{
    public string Name { get; init => field = value ?? ""; } = "";
    public string Driver { get; init => field = value ?? ""; } = "";
    public IReadOnlyDictionary<string, string>? DriverOpts { get; init; }
    public IReadOnlyDictionary<string, string>? Labels { get; init; }
}
