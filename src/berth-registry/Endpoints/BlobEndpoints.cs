using System.IO.Pipelines;
using Berth.Oci;
using Berth.Registry.Storage;

namespace Berth.Registry.Endpoints;

internal static class BlobEndpoints
{
    // Read straight into the server's output buffer; large enough that the calls do not count.
    private const int ChunkSize = 256 * 1024;

    /// <summary><c>HEAD /v2/NAME/blobs/DIGEST</c>.</summary>
    public static Task HeadAsync(RegistryRequest request)
    {
        Digest digest = request.RequireDigest();
        long size = request.Storage.SizeOfBlob(request.Repository, digest) ?? throw new RegistryFailure(RegistryErrors.BlobUnknown, digest.ToString());
        Describe(request, digest);
        request.Response.ContentLength = size;
        return Task.CompletedTask;
    }

    /// <summary><c>GET /v2/NAME/blobs/DIGEST</c>, whole or one range.</summary>
    public static async Task GetAsync(RegistryRequest request)
    {
        Digest digest = request.RequireDigest();
        using BlobReader blob = request.Storage.OpenBlob(request.Repository, digest) ?? throw new RegistryFailure(RegistryErrors.BlobUnknown, digest.ToString());
        HttpResponse response = request.Response;
        IHeaderDictionary headers = request.Http.Request.Headers;
        string entityTag = $"\"{digest}\"";
        if (headers.IfNoneMatch.Contains(entityTag))
        {
            Describe(request, digest);
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        bool isRangeMeant = headers.IfRange.Count == 0 || headers.IfRange.Contains(entityTag);
        ByteRange? part = null;
        try
        {
            part = isRangeMeant ? ByteRange.Of(headers.Range, blob.Size) : null;
        }
        catch (RegistryFailure)
        {
            response.Headers.ContentRange = $"bytes */{blob.Size}";
            throw;
        }

        Describe(request, digest);
        if (part is { } range)
        {
            response.StatusCode = StatusCodes.Status206PartialContent;
            response.Headers.ContentRange = $"bytes {range.Start}-{range.Start + range.Length - 1}/{blob.Size}";
        }

        (long start, long length) = part is { } asked ? (asked.Start, asked.Length) : (0, blob.Size);
        response.ContentLength = length;
        await SendAsync(blob, start, length, response.BodyWriter, request.Aborted).ConfigureAwait(false);
    }

    /// <summary><c>DELETE /v2/NAME/blobs/DIGEST</c>.</summary>
    public static Task DeleteAsync(RegistryRequest request)
    {
        request.RequireDeletable();
        Digest digest = request.RequireDigest();
        request.Response.StatusCode = request.Storage.DeleteBlob(request.Repository, digest) ? StatusCodes.Status202Accepted
            : throw new RegistryFailure(RegistryErrors.BlobUnknown, digest.ToString());
        return Task.CompletedTask;
    }

    private static void Describe(RegistryRequest request, Digest digest)
    {
        HttpResponse response = request.Response;
        response.ContentType = "application/octet-stream";
        response.Headers["Docker-Content-Digest"] = digest.ToString();
        response.Headers.ETag = $"\"{digest}\"";
        response.Headers.AcceptRanges = "bytes";
        // A blob never changes. Source: distribution, registry/storage/blobserver.go.
        response.Headers.CacheControl = "max-age=31536000";
    }

    private static async Task SendAsync(BlobReader blob, long offset, long length, PipeWriter output, CancellationToken ct)
    {
        while (length > 0)
        {
            int wanted = (int)Math.Min(length, ChunkSize);
            int count = blob.Read(offset, output.GetMemory(wanted).Span[..wanted]);
            if (count == 0)
            {
                throw new InvalidDataException("a stored blob is shorter than it was");
            }

            output.Advance(count);
            (offset, length) = (offset + count, length - count);
            if ((await output.FlushAsync(ct).ConfigureAwait(false)).IsCompleted)
            {
                return;
            }
        }
    }
}
