namespace Berth.Api.Containers;

public sealed record ContainerCreateResponse
{
    public string Id { get; init => field = value ?? ""; } = "";
    public IReadOnlyList<string>? Warnings { get; init; }
}
