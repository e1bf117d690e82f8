namespace Berth.Client;

/// <summary>What <c>POST /commit</c> takes.</summary>
public sealed record CommitOptions
{
    public string? Repository { get; init; }
    public string? Tag { get; init; }
    public string? Comment { get; init; }
    public string? Author { get; init; }
    public IReadOnlyList<string> Changes { get; init; } = [];

    /// <summary>The container's processes stand still meanwhile.</summary>
    public bool Pause { get; init; } = true;
}
