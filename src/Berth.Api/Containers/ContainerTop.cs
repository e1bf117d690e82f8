namespace Berth.Api.Containers;

public sealed record ContainerTop
{
    public IReadOnlyList<string>? Titles { get; init; }
    public IReadOnlyList<IReadOnlyList<string>>? Processes { get; init; }
}
