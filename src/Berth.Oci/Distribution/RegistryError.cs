using System.Text.Json;
using System.Text.Json.Serialization;

namespace Berth.Oci.Distribution;

/// <summary>One error as a registry words it. Source: OCI distribution-spec, "Error Codes".</summary>
public sealed record RegistryError
{
    public const string ManifestUnknown = "MANIFEST_UNKNOWN";
    public const string NameUnknown = "NAME_UNKNOWN";
    public const string BlobUnknown = "BLOB_UNKNOWN";
    public const string Unauthorized = "UNAUTHORIZED";
    public const string Denied = "DENIED";
    public const string TooManyRequests = "TOOMANYREQUESTS";
    public const string Unknown = "UNKNOWN";

    private const int LongestMessage = 1000;

    [JsonPropertyName("code")]
    public string Code { get; init; } = Unknown;

    [JsonPropertyName("message")]
    public string? Message { get; init; }

    /// <summary>Docker's wording: <c>manifest unknown: manifest unknown</c>. Source: distribution, registry/api/errcode/errors.go, Error.Error.</summary>
    public override string ToString()
    {
        string code = Printable(Code.Replace('_', ' ').ToLowerInvariant());
        return string.IsNullOrEmpty(Message) ? code : $"{code}: {Printable(Message)}";
    }

    internal static RegistryError Of(string code) => new()
    {
        Code = code,
        Message = code switch
        {
            ManifestUnknown => "manifest unknown",
            NameUnknown => "repository name not known to registry",
            BlobUnknown => "blob unknown to registry",
            Unauthorized => "authentication required",
            Denied => "requested access to the resource is denied",
            TooManyRequests => "too many requests",
            _ => "unknown error",
        },
    };

    // A registry's words reach a user's terminal: no escape sequences, no pages of text.
    internal static string Printable(string text)
    {
        ReadOnlySpan<char> head = text.AsSpan(0, Math.Min(text.Length, LongestMessage));
        return string.Create(head.Length, text, static (span, source) =>
        {
            for (int i = 0; i < span.Length; i++)
            {
                span[i] = char.IsControl(source[i]) ? ' ' : source[i];
            }
        });
    }
}

internal sealed record RegistryErrorEnvelope
{
    [JsonPropertyName("errors")]
    public IReadOnlyList<RegistryError>? Errors { get; init; }

    /// <summary>Token servers and proxies in front of registries say it this way.</summary>
    [JsonPropertyName("details")]
    public string? Details { get; init; }

    public static IReadOnlyList<RegistryError> Parse(ReadOnlySpan<byte> body)
    {
        try
        {
            RegistryErrorEnvelope? envelope = JsonSerializer.Deserialize(body, DistributionJson.Default.RegistryErrorEnvelope);
            return envelope is { Details: { Length: > 0 } details, Errors: null }
                ? [new RegistryError { Code = RegistryError.Unknown, Message = details }]
                : envelope?.Errors ?? [];
        }
        catch (JsonException)
        {
            // Not the registry's words: a proxy's page, or nothing. The status speaks instead.
            return [];
        }
    }
}
