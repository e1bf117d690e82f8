namespace Berth.Api.Containers;

public sealed record HostConfigLogConfig
{
    public string Type { get; init => field = value ?? ""; } = "";
    public IReadOnlyDictionary<string, string>? Config { get; init; }
}
