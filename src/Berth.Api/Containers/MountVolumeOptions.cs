namespace Berth.Api.Containers;

public sealed record MountVolumeOptions
{
    public bool NoCopy { get; init; }
    public IReadOnlyDictionary<string, string>? Labels { get; init; }
    public MountVolumeOptionsDriverConfig? DriverConfig { get; init; }
    public string Subpath { get; init => field = value ?? ""; } = "";
}
