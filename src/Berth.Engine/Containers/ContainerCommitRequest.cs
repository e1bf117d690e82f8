using Berth.Api.Containers;

namespace Berth.Engine.Containers;

/// <summary><c>POST /commit</c>.</summary>
public sealed record ContainerCommitRequest
{
    public required string Container { get; init; }
    public string? Repository { get; init; }
    public string? Tag { get; init; }
    public string? Author { get; init; }
    public string? Comment { get; init; }
    public bool Pause { get; init; } = true;
    public IReadOnlyList<string> Changes { get; init; } = [];

    /// <summary>Config of the request's body; null takes the container's.</summary>
    public ContainerConfig? Config { get; init; }
}
