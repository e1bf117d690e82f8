namespace Berth.Client;

/// <summary>What <c>POST /images/create</c> takes to make an image of an archive.</summary>
public sealed record ImportOptions
{
    /// <summary>A URL that the daemon fetches; <c>-</c> for the archive in the body.</summary>
    public string Source { get; init; } = "-";

    public string? Repository { get; init; }
    public string? Tag { get; init; }
    public string? Message { get; init; }
    public IReadOnlyList<string> Changes { get; init; } = [];
    public string? Platform { get; init; }
}
