using Berth.Linux.Descriptors;

namespace Berth.Linux.Processes;

/// <summary>A program to run, and what it may inherit: nothing but what stands here.</summary>
public sealed record SpawnRequest
{
    public required string Path { get; init; }

    /// <summary>The arguments, the program's own name first.</summary>
    public required IReadOnlyList<string> Arguments { get; init; }

    /// <summary>The descriptors that the program gets, at 0, 1, 2 and so on; every other is closed.</summary>
    public required IReadOnlyList<Descriptor> Descriptors { get; init; }

    /// <summary><c>NAME=value</c>; null is the caller's environment.</summary>
    public IReadOnlyList<string>? Environment { get; init; }

    public string? WorkingDirectory { get; init; }

    /// <summary>Whether it leads a session and process group of its own, out of reach of the caller's terminal.</summary>
    public bool NewSession { get; init; }

    /// <summary>Whether it starts with SIGCHLD blocked, so that all its threads do and a signalfd loses nothing.</summary>
    public bool BlockChildSignal { get; init; }
}
