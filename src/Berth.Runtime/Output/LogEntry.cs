namespace Berth.Runtime.Output;

/// <summary>An entry of a json-file log.</summary>
/// <param name="Line">What was written, with its newline where the line ended; valid until the next entry is asked for.</param>
/// <param name="Attributes">The JSON object of labels and environment; empty where there is none. Valid as long as the line.</param>
public readonly record struct LogEntry(OutputStream Stream, LogTime Time, ReadOnlyMemory<byte> Line, ReadOnlyMemory<byte> Attributes);

/// <summary>Which entries of a log are wanted.</summary>
public sealed record LogQuery
{
    /// <summary>How many entries at the end to begin with; null is all. Counted before the times are looked at, as Docker does.</summary>
    public int? Tail { get; init; }

    /// <summary>Older entries are passed over.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>The first entry that is younger ends the reading.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Null reads what is there. Else new entries are waited for until this completes: the container has ended.</summary>
    public Task? FollowUntil { get; init; }
}
