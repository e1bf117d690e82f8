namespace Berth.Client;

/// <summary>What an attachment carries.</summary>
public sealed record AttachOptions
{
    public bool Stdin { get; init; }
    public bool Stdout { get; init; }
    public bool Stderr { get; init; }

    /// <summary>First what was written before.</summary>
    public bool Logs { get; init; }

    public string? DetachKeys { get; init; }
}
