namespace Berth.Client;

/// <summary>Which part of a container's log is wanted.</summary>
public sealed record LogsOptions
{
    public bool Follow { get; init; }
    public bool Timestamps { get; init; }
    public bool Details { get; init; }

    /// <summary>Seconds since 1970, with a fraction of nanoseconds if need be.</summary>
    public string? Since { get; init; }

    public string? Until { get; init; }

    /// <summary>A number of lines, or <c>all</c>.</summary>
    public string? Tail { get; init; }
}
