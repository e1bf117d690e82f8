using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Berth.Oci;
using Berth.Registry.Storage;

namespace Berth.Registry.Endpoints;

/// <summary>A request that was understood as far as its path: what is asked of which repository.</summary>
/// <param name="Repository">Well-formed; empty for the endpoints that have none.</param>
/// <param name="Reference">The last word of the path: a digest, a tag or an upload; not yet checked.</param>
internal sealed record RegistryRequest(HttpContext Http, IRegistryStorage Storage, RegistryOptions Options, string Repository, string Reference)
{
    public HttpResponse Response => Http.Response;

    public CancellationToken Aborted => Http.RequestAborted;

    public bool IsHead => HttpMethods.IsHead(Http.Request.Method);

    /// <summary>The reference as a digest.</summary>
    /// <exception cref="RegistryFailure">DIGEST_INVALID: it is none, or of an algorithm that cannot be verified here.</exception>
    public Digest RequireDigest() => RequireDigest(Reference);

    public static Digest RequireDigest(string? text) =>
        Digest.TryParse(text, out Digest digest) ? digest : throw new RegistryFailure(RegistryErrors.DigestInvalid, $"invalid digest: {text}");

    public string? Query(string name) => Http.Request.Query.TryGetValue(name, out var values) ? values[0] : null;

    /// <exception cref="RegistryFailure">UNSUPPORTED: this registry takes no pushes.</exception>
    public void RequireWritable()
    {
        if (Options.IsReadOnly)
        {
            throw new RegistryFailure(RegistryErrors.Unsupported, "the registry is read-only");
        }
    }

    /// <exception cref="RegistryFailure">UNSUPPORTED: this registry deletes nothing, tags included (CVE-2026-41888).</exception>
    public void RequireDeletable()
    {
        RequireWritable();
        if (Options.RefusesDeletion)
        {
            throw new RegistryFailure(RegistryErrors.Unsupported, "deletion is disabled");
        }
    }

    /// <summary>How many entries are asked for: <c>n</c>, never more than <paramref name="most"/> (CVE-2023-2253).</summary>
    public int PageSize(int most)
    {
        if (Query("n") is not { Length: > 0 } text)
        {
            return most;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int size) ? Math.Min(size, most)
            : text.All(char.IsAsciiDigit) ? most
            : throw new RegistryFailure(RegistryErrors.PageInvalid, text);
    }

    /// <summary>Says where the next page is. Source: OCI distribution-spec, "Listing Tags"; RFC 8288.</summary>
    public void LinkNext(string query) =>
        Response.Headers.Link = $"<{Http.Request.Path.ToUriComponent()}?{query}>; rel=\"next\"";

    public Task WriteJsonAsync<T>(T value, JsonTypeInfo<T> type, string contentType = "application/json")
    {
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(value, type);
        Response.ContentType = contentType;
        Response.ContentLength = body.Length;
        return IsHead ? Task.CompletedTask : Response.Body.WriteAsync(body, Aborted).AsTask();
    }
}
