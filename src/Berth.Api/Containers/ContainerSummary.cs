using System.Text.Json.Serialization;
using Berth.Api.Images;

namespace Berth.Api.Containers;

public sealed record ContainerSummary
{
    public string Id { get; init => field = value ?? ""; } = "";
    public IReadOnlyList<string>? Names { get; init; }
    public string Image { get; init => field = value ?? ""; } = "";
    public string ImageID { get; init => field = value ?? ""; } = "";

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public OciDescriptor? ImageManifestDescriptor { get; init; }

    public string Command { get; init => field = value ?? ""; } = "";
    public long Created { get; init; }
    public IReadOnlyList<PortSummary>? Ports { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? SizeRw { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? SizeRootFs { get; init; }

    public IReadOnlyDictionary<string, string>? Labels { get; init; }
    public string State { get; init => field = value ?? ""; } = "";
    public string Status { get; init => field = value ?? ""; } = "";
    public ContainerSummaryHostConfig? HostConfig { get; init; }
    public ContainerSummaryNetworkSettings? NetworkSettings { get; init; }
    public IReadOnlyList<MountPoint>? Mounts { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ContainerSummaryHealth? Health { get; init; }
}
