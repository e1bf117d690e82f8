namespace Berth.Client.Http;

/// <summary>A request; its body is either in memory or streamed, the latter in chunks.</summary>
internal sealed class HttpRequest
{
    public required string Method { get; init; }

    /// <summary>Path and query.</summary>
    public required string Target { get; init; }

    public List<(string Name, string Value)> Headers { get; } = [];

    public ReadOnlyMemory<byte> Body { get; init; }

    public Stream? BodyStream { get; init; }

    /// <summary>Can be sent again where the connection turned out to be closed.</summary>
    public bool IsRepeatable => BodyStream is null;
}
