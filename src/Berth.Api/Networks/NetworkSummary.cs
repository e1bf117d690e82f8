using System.Text.Json.Serialization;

namespace Berth.Api.Networks;

public sealed record NetworkSummary
{
    public string Name { get; init => field = value ?? ""; } = "";
    public string Id { get; init => field = value ?? ""; } = "";
    public string Created { get; init => field = value ?? ""; } = "";
    public string Scope { get; init => field = value ?? ""; } = "";
    public string Driver { get; init => field = value ?? ""; } = "";
    public bool EnableIPv4 { get; init; }
    public bool EnableIPv6 { get; init; }
    public Ipam? IPAM { get; init; }
    public bool Internal { get; init; }
    public bool Attachable { get; init; }
    public bool Ingress { get; init; }
    public ConfigReference? ConfigFrom { get; init; }
    public bool ConfigOnly { get; init; }
    public IReadOnlyDictionary<string, string>? Options { get; init; }
    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<PeerInfo>? Peers { get; init; }
}
