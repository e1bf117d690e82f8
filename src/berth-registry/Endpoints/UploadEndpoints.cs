using System.Globalization;
using System.IO.Pipelines;
using Berth.Linux;
using Berth.Oci;
using Berth.Registry.Storage;

namespace Berth.Registry.Endpoints;

/// <summary>Blobs on their way in. Source: OCI distribution-spec, "Pushing blobs" and "Mounting blobs".</summary>
internal static class UploadEndpoints
{
    /// <summary>
    /// <c>POST /v2/NAME/blobs/uploads/</c>: mounts a blob (<c>mount</c>, <c>from</c>), takes one whole (<c>digest</c>), or opens an upload
    /// (<c>digest-algorithm</c>).
    /// </summary>
    public static async Task BeginAsync(RegistryRequest request)
    {
        request.RequireWritable();
        if (request.Query("mount") is { } mount)
        {
            Digest digest = RegistryRequest.RequireDigest(mount);
            string? from = request.Query("from") is { Length: > 0 } name ? name : null;
            if (from is not null && !RegistryRouter.IsName(from))
            {
                throw new RegistryFailure(RegistryErrors.NameInvalid, from);
            }

            if (request.Storage.MountBlob(request.Repository, digest, from))
            {
                Created(request, digest);
                return;
            }
        }

        Digest? whole = request.Query("digest") is { } announced ? RegistryRequest.RequireDigest(announced) : null;
        Upload upload = request.Storage.BeginUpload(request.Repository, whole?.Algorithm ?? Algorithm(request));
        if (whole is null)
        {
            Accepted(request, upload);
            return;
        }

        using IDisposable? turn = await upload.TakeTurnAsync(request.Aborted).ConfigureAwait(false);
        await AppendWholeAsync(request, upload).ConfigureAwait(false);
        upload.Commit(whole.Value);
        Created(request, whole.Value);
    }

    /// <summary><c>GET /v2/NAME/blobs/uploads/ID</c>: how far it has come.</summary>
    public static async Task GetAsync(RegistryRequest request)
    {
        (Upload upload, IDisposable turn) = await TakeAsync(request).ConfigureAwait(false);
        using (turn)
        {
            Accepted(request, upload);
            request.Response.StatusCode = StatusCodes.Status204NoContent;
        }
    }

    /// <summary><c>PATCH /v2/NAME/blobs/uploads/ID</c>: a chunk with its Content-Range, or a stream without.</summary>
    public static async Task AppendAsync(RegistryRequest request)
    {
        request.RequireWritable();
        (Upload upload, IDisposable turn) = await TakeAsync(request).ConfigureAwait(false);
        using (turn)
        {
            await AppendChunkAsync(request, upload).ConfigureAwait(false);
            Accepted(request, upload);
        }
    }

    /// <summary><c>PUT /v2/NAME/blobs/uploads/ID?digest=</c>: the last chunk, all of it, or nothing more.</summary>
    public static async Task CommitAsync(RegistryRequest request)
    {
        request.RequireWritable();
        Digest digest = RegistryRequest.RequireDigest(request.Query("digest"));
        (Upload upload, IDisposable turn) = await TakeAsync(request).ConfigureAwait(false);
        using (turn)
        {
            await AppendChunkAsync(request, upload).ConfigureAwait(false);
            upload.Commit(digest);
            Created(request, digest);
        }
    }

    /// <summary><c>DELETE /v2/NAME/blobs/uploads/ID</c>.</summary>
    public static async Task CancelAsync(RegistryRequest request)
    {
        (Upload upload, IDisposable turn) = await TakeAsync(request).ConfigureAwait(false);
        using (turn)
        {
            upload.Cancel();
            request.Response.StatusCode = StatusCodes.Status204NoContent;
        }
    }

    private static async ValueTask<(Upload Upload, IDisposable Turn)> TakeAsync(RegistryRequest request)
    {
        while (true)
        {
            Upload upload = request.Storage.FindUpload(request.Repository, request.Reference)
                ?? throw new RegistryFailure(RegistryErrors.BlobUploadUnknown, request.Reference);
            if (await upload.TakeTurnAsync(request.Aborted).ConfigureAwait(false) is { } turn)
            {
                return (upload, turn);
            }
        }
    }

    private static async Task AppendWholeAsync(RegistryRequest request, Upload upload)
    {
        try
        {
            await ReceiveAsync(request, upload).ConfigureAwait(false);
        }
        catch when (!upload.IsOver)
        {
            // Nobody knows its address: it cannot be gone on with.
            upload.Cancel();
            throw;
        }
    }

    private static async Task AppendChunkAsync(RegistryRequest request, Upload upload)
    {
        string? header = request.Http.Request.Headers.ContentRange;
        if (header is null)
        {
            await ReceiveAsync(request, upload).ConfigureAwait(false);
            return;
        }

        long before = upload.Length;
        (long start, long length) = ParseContentRange(header);
        if (start != before)
        {
            Accepted(request, upload);
            throw new RegistryFailure(RegistryErrors.BlobUploadOutOfOrder, $"{header} after {before} bytes");
        }

        if (await ReceiveAsync(request, upload).ConfigureAwait(false) is var received && received != length)
        {
            upload.TruncateTo(before);
            throw new RegistryFailure(RegistryErrors.SizeInvalid, $"{received} bytes received as {header}");
        }
    }

    private static async Task<long> ReceiveAsync(RegistryRequest request, Upload upload)
    {
        PipeReader body = request.Http.Request.BodyReader;
        try
        {
            return await upload.AppendAsync(body, request.Aborted).ConfigureAwait(false);
        }
        catch (Exception e) when (DiskFull.IsCauseOf(e))
        {
            // Half a blob would keep the disk full until it is given up. And whoever still sends hears no answer: the rest is let pass.
            upload.Cancel();
            await body.CopyToAsync(Stream.Null, request.Aborted).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary><c>0-499</c>, or as RFC 9110 writes it: <c>bytes 0-499/*</c>.</summary>
    private static (long Start, long Length) ParseContentRange(string header)
    {
        ReadOnlySpan<char> range = header.AsSpan().Trim();
        range = range.StartsWith("bytes ", StringComparison.Ordinal) ? range["bytes ".Length..] : range;
        int slash = range.IndexOf('/');
        range = slash < 0 ? range : range[..slash];
        int dash = range.IndexOf('-');
        return dash > 0
            && long.TryParse(range[..dash], NumberStyles.None, CultureInfo.InvariantCulture, out long start)
            && long.TryParse(range[(dash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out long end) && end >= start
            ? (start, end - start + 1)
            : throw new RegistryFailure(RegistryErrors.BlobUploadInvalid, $"invalid content range: {header}");
    }

    private static string Algorithm(RegistryRequest request) => request.Query("digest-algorithm") switch
    {
        null or "" or "sha256" => "sha256",
        "sha512" => "sha512",
        var other => throw new RegistryFailure(RegistryErrors.DigestInvalid, $"unsupported digest algorithm: {other}"),
    };

    private static void Accepted(RegistryRequest request, Upload upload)
    {
        HttpResponse response = request.Response;
        response.StatusCode = StatusCodes.Status202Accepted;
        response.Headers.Location = $"/v2/{upload.Repository}/blobs/uploads/{upload.Id}";
        response.Headers.Range = $"0-{Math.Max(upload.Length - 1, 0)}";
        response.Headers["Docker-Upload-UUID"] = upload.Id;
    }

    private static void Created(RegistryRequest request, Digest digest)
    {
        request.Response.StatusCode = StatusCodes.Status201Created;
        request.Response.Headers.Location = $"/v2/{request.Repository}/blobs/{digest}";
        request.Response.Headers["Docker-Content-Digest"] = digest.ToString();
    }
}
