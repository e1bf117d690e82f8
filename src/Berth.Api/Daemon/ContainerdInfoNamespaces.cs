namespace Berth.Api.Daemon;

public sealed record ContainerdInfoNamespaces
{
    public string Containers { get; init => field = value ?? ""; } = "";
    public string Plugins { get; init => field = value ?? ""; } = "";
}
