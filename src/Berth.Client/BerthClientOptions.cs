using Berth.Api;

namespace Berth.Client;

public sealed record BerthClientOptions
{
    /// <summary>The version to speak; null for the newest that the daemon knows too.</summary>
    public ApiVersion? ApiVersion { get; init; }

    /// <summary>Sent with every request: <c>HttpHeaders</c> of the client's configuration.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    public string UserAgent { get; init; } = "Berth-Client";
}
