using System.Net.Http.Headers;
using Berth.Oci;
using Berth.Registry.Storage;
using Microsoft.Extensions.Primitives;

namespace Berth.Registry.Endpoints;

internal static class ManifestEndpoints
{
    /// <summary><c>GET|HEAD /v2/NAME/manifests/TAG-OR-DIGEST</c>: the bytes as pushed, whatever is accepted.</summary>
    public static Task GetAsync(RegistryRequest request)
    {
        StoredManifest manifest = Find(request) ?? throw new RegistryFailure(RegistryErrors.ManifestUnknown, request.Reference);
        HttpResponse response = request.Response;
        string entityTag = $"\"{manifest.Digest}\"";
        response.Headers["Docker-Content-Digest"] = manifest.Digest.ToString();
        response.Headers.ETag = entityTag;
        if (request.Http.Request.Headers.IfNoneMatch.Contains(entityTag))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }

        response.ContentType = manifest.MediaType;
        response.ContentLength = manifest.Content.Length;
        return request.IsHead ? Task.CompletedTask : response.Body.WriteAsync(manifest.Content, request.Aborted).AsTask();
    }

    /// <summary><c>PUT /v2/NAME/manifests/TAG-OR-DIGEST[?tag=…]</c>: kept byte for byte.</summary>
    public static async Task PutAsync(RegistryRequest request)
    {
        request.RequireWritable();
        (Digest? announced, IReadOnlyList<string> tags) = Target(request);
        byte[] content = await ReadAsync(request).ConfigureAwait(false);
        if (announced is { } expected && !expected.Matches(content))
        {
            throw new RegistryFailure(RegistryErrors.DigestInvalid, $"the manifest's digest is not {expected}");
        }

        Digest digest = announced ?? Digest.Of(content);
        ManifestContent parsed = ManifestContent.Parse(content, PushedType(request));
        request.Storage.PutManifest(request.Repository, new StoredManifest(digest, parsed.MediaType, content), parsed, tags);

        HttpResponse response = request.Response;
        response.StatusCode = StatusCodes.Status201Created;
        response.Headers.Location = $"/v2/{request.Repository}/manifests/{digest}";
        response.Headers["Docker-Content-Digest"] = digest.ToString();
        if (parsed.Subject is { } subject)
        {
            response.Headers["OCI-Subject"] = subject.ToString();
        }

        if (announced is not null && tags.Count > 0)
        {
            response.Headers["OCI-Tag"] = new StringValues([.. tags]);
        }
    }

    /// <summary><c>DELETE /v2/NAME/manifests/TAG-OR-DIGEST</c>: a tag alone, or a manifest with its tags.</summary>
    public static Task DeleteAsync(RegistryRequest request)
    {
        request.RequireDeletable();
        bool wasThere = IsDigest(request.Reference)
            ? request.Storage.DeleteManifest(request.Repository, request.RequireDigest())
            : RegistryRouter.IsTag(request.Reference) && request.Storage.DeleteTag(request.Repository, request.Reference);
        request.Response.StatusCode = wasThere ? StatusCodes.Status202Accepted
            : throw new RegistryFailure(RegistryErrors.ManifestUnknown, request.Reference);
        return Task.CompletedTask;
    }

    private static StoredManifest? Find(RegistryRequest request) =>
        IsDigest(request.Reference) ? request.Storage.ReadManifest(request.Repository, request.RequireDigest())
        : RegistryRouter.IsTag(request.Reference) ? request.Storage.ReadManifest(request.Repository, request.Reference)
        : null;

    private static (Digest? Announced, IReadOnlyList<string> Tags) Target(RegistryRequest request)
    {
        if (IsDigest(request.Reference))
        {
            List<string> tags = [.. request.Http.Request.Query["tag"].OfType<string>().Distinct()];
            return (request.RequireDigest(), tags.Find(tag => !RegistryRouter.IsTag(tag)) is { } invalid
                ? throw new RegistryFailure(RegistryErrors.TagInvalid, invalid) : tags);
        }

        return RegistryRouter.IsTag(request.Reference) ? (null, [request.Reference])
            : throw new RegistryFailure(RegistryErrors.TagInvalid, request.Reference);
    }

    // A tag has no colon.
    private static bool IsDigest(string reference) => reference.Contains(':', StringComparison.Ordinal);

    private static string? PushedType(RegistryRequest request)
    {
        if (request.Http.Request.ContentType is not { Length: > 0 } text)
        {
            return null;
        }

        return MediaTypeHeaderValue.TryParse(text, out MediaTypeHeaderValue? type) ? type.MediaType
            : throw new RegistryFailure(RegistryErrors.ManifestInvalid, $"invalid content type: {text}");
    }

    private static async Task<byte[]> ReadAsync(RegistryRequest request)
    {
        int limit = request.Options.LargestManifest;
        if (request.Http.Request.ContentLength > limit)
        {
            throw new RegistryFailure(RegistryErrors.ManifestTooLarge, $"the limit is {limit} bytes");
        }

        using var content = new MemoryStream((int)(request.Http.Request.ContentLength ?? 0));
        byte[] buffer = new byte[16 * 1024];
        int count;
        while ((count = await request.Http.Request.Body.ReadAsync(buffer, request.Aborted).ConfigureAwait(false)) > 0)
        {
            if (content.Length + count > limit)
            {
                throw new RegistryFailure(RegistryErrors.ManifestTooLarge, $"the limit is {limit} bytes");
            }

            content.Write(buffer, 0, count);
        }

        return content.ToArray();
    }
}
