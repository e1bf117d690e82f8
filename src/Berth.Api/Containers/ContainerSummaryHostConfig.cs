namespace Berth.Api.Containers;

public sealed record ContainerSummaryHostConfig
{
    public string NetworkMode { get; init => field = value ?? ""; } = "";
    public IReadOnlyDictionary<string, string>? Annotations { get; init; }
}
