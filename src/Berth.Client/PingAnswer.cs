using Berth.Api;

namespace Berth.Client;

/// <summary>What the daemon says of itself in the headers of <c>/_ping</c>.</summary>
public sealed record PingAnswer
{
    public ApiVersion ApiVersion { get; init; }

    /// <summary><c>linux</c>, <c>windows</c>, or empty.</summary>
    public string OsType { get; init; } = "";

    /// <summary><c>1</c> or <c>2</c>, the builder that is preferred; or empty.</summary>
    public string BuilderVersion { get; init; } = "";

    public bool IsExperimental { get; init; }
}
