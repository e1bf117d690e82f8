namespace Berth.Api.Daemon;

public sealed record ContainerdInfo
{
    public string Address { get; init => field = value ?? ""; } = "";
    public ContainerdInfoNamespaces? Namespaces { get; init; }
}
