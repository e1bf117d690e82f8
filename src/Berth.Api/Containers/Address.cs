namespace Berth.Api.Containers;

public sealed record Address
{
    public string Addr { get; init => field = value ?? ""; } = "";
    public long PrefixLen { get; init; }
}
