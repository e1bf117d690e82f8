namespace Berth.Engine.Containers;

public sealed record AttachOptions
{
    public bool Stdin { get; init; }
    public bool Stdout { get; init; }
    public bool Stderr { get; init; }

    /// <summary>What is in the log already comes first.</summary>
    public bool Logs { get; init; }

    /// <summary>Stay for what is to come.</summary>
    public bool Stream { get; init; }

    public string? DetachKeys { get; init; }
}
