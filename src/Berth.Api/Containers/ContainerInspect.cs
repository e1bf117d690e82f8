using System.Text.Json.Serialization;
using Berth.Api.Images;

namespace Berth.Api.Containers;

public sealed record ContainerInspect
{
    public string Id { get; init => field = value ?? ""; } = "";
    public string? Created { get; init; }
    public string Path { get; init => field = value ?? ""; } = "";
    public IReadOnlyList<string>? Args { get; init; }
    public ContainerState? State { get; init; }
    public string Image { get; init => field = value ?? ""; } = "";
    public string ResolvConfPath { get; init => field = value ?? ""; } = "";
    public string HostnamePath { get; init => field = value ?? ""; } = "";
    public string HostsPath { get; init => field = value ?? ""; } = "";
    public string? LogPath { get; init; }
    public string Name { get; init => field = value ?? ""; } = "";
    public long RestartCount { get; init; }
    public string Driver { get; init => field = value ?? ""; } = "";
    public string Platform { get; init => field = value ?? ""; } = "";

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public OciDescriptor? ImageManifestDescriptor { get; init; }

    public string MountLabel { get; init => field = value ?? ""; } = "";
    public string ProcessLabel { get; init => field = value ?? ""; } = "";
    public string AppArmorProfile { get; init => field = value ?? ""; } = "";
    public IReadOnlyList<string>? ExecIDs { get; init; }
    public HostConfig? HostConfig { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DriverData? GraphDriver { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Storage? Storage { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? SizeRw { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? SizeRootFs { get; init; }

    public IReadOnlyList<MountPoint>? Mounts { get; init; }
    public ContainerConfig? Config { get; init; }
    public NetworkSettings? NetworkSettings { get; init; }
}
