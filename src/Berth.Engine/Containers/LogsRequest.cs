namespace Berth.Engine.Containers;

public sealed record LogsRequest
{
    public bool Stdout { get; init; }
    public bool Stderr { get; init; }
    public bool Follow { get; init; }
    public bool Timestamps { get; init; }
    public bool Details { get; init; }
    public DateTimeOffset? Since { get; init; }
    public DateTimeOffset? Until { get; init; }

    /// <summary>Last lines to begin with; null is all.</summary>
    public int? Tail { get; init; }
}
