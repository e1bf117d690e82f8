namespace Berth.Api.Containers;

public sealed record MountVolumeOptionsDriverConfig
{
    public string Name { get; init => field = value ?? ""; } = "";
    public IReadOnlyDictionary<string, string>? Options { get; init; }
}
