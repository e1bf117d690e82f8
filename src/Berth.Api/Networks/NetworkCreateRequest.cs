namespace Berth.Api.Networks;

/// <summary>Body of <c>POST /networks/create</c>.</summary>
public sealed record NetworkCreateRequest
{
    public string Name { get; init => field = value ?? ""; } = "";
    public bool CheckDuplicate { get; init; }
    public string Driver { get; init => field = value ?? ""; } = "";
    public string Scope { get; init => field = value ?? ""; } = "";
    public bool? EnableIPv4 { get; init; }
    public bool? EnableIPv6 { get; init; }
    public Ipam? IPAM { get; init; }
    public bool Internal { get; init; }
    public bool Attachable { get; init; }
    public bool Ingress { get; init; }
    public bool ConfigOnly { get; init; }
    public ConfigReference? ConfigFrom { get; init; }
    public IReadOnlyDictionary<string, string>? Options { get; init; }
    public IReadOnlyDictionary<string, string>? Labels { get; init; }
}
