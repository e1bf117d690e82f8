namespace Berth.Engine.Images;

/// <summary><c>POST /images/create</c> with <c>fromSrc</c>.</summary>
public sealed record ImportRequest
{
    /// <summary><c>-</c> for the request's body, else a URL.</summary>
    public required string Source { get; init; }

    public string? Repository { get; init; }
    public string? Tag { get; init; }
    public string? Message { get; init; }

    /// <summary>Dockerfile instructions, such as <c>CMD ["sh"]</c>.</summary>
    public IReadOnlyList<string> Changes { get; init; } = [];

    public string? Platform { get; init; }
}
