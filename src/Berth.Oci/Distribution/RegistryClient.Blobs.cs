using System.Net;
using System.Net.Http.Headers;

namespace Berth.Oci.Distribution;

public sealed partial class RegistryClient
{
    /// <summary>Opens a blob from <paramref name="offset"/> on. The caller disposes of the stream and verifies what it reads against the digest.</summary>
    /// <remarks>The stream fails after more bytes than the descriptor's size says.</remarks>
    public async Task<Stream> OpenBlobAsync(Descriptor descriptor, long offset, CancellationToken ct)
    {
        HttpResponseMessage response = await SendAsync(
            HttpMethod.Get, BlobPath(descriptor.Digest), PullScope, request => request.Headers.Range = offset > 0 ? new RangeHeaderValue(offset, null) : null, ct)
            .ConfigureAwait(false);
        try
        {
            if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
            {
                // It has no more than what came already, which is not all: as if it had ended there.
                throw new EndOfStreamException("unexpected EOF");
            }

            bool isPart = response.StatusCode == HttpStatusCode.PartialContent;
            if (!isPart)
            {
                await RequireAsync(response, HttpStatusCode.OK, ct).ConfigureAwait(false);
            }
            else if (response.Content.Headers.ContentRange?.From != offset)
            {
                throw new RegistryException($"{Endpoint.BaseAddress.Authority}: asked for {descriptor.Digest} from byte {offset} on, got another part");
            }

            Stream body = await response.Content.ReadAsStreamAsync(ct).ConfigureAwait(false);
            var stream = new ResponseStream(body, response, _transport.StallTimeout, isPart ? descriptor.Size - offset : descriptor.Size);
            if (!isPart)
            {
                await SkipAsync(stream, offset, ct).ConfigureAwait(false);
            }

            return stream;
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    public async Task<bool> BlobExistsAsync(Digest digest, CancellationToken ct)
    {
        using HttpResponseMessage response = await SendAsync(HttpMethod.Head, BlobPath(digest), PullScope, null, ct).ConfigureAwait(false);
        if (response.StatusCode == HttpStatusCode.NotFound)
        {
            return false;
        }

        await RequireAsync(response, HttpStatusCode.OK, ct).ConfigureAwait(false);
        return true;
    }

    /// <summary>Takes over a blob from another repository of the same registry. False where it has to be pushed after all.</summary>
    public async Task<bool> MountBlobAsync(Digest digest, string fromRepository, CancellationToken ct)
    {
        string path = $"/v2/{Repository}/blobs/uploads/?mount={Uri.EscapeDataString(digest.ToString())}&from={Uri.EscapeDataString(fromRepository)}";
        string[] scopes = [.. PushScope, $"repository:{fromRepository}:pull"];
        using HttpResponseMessage response = await SendAsync(HttpMethod.Post, path, scopes, NoBody, ct).ConfigureAwait(false);
        if (response.StatusCode == HttpStatusCode.Created)
        {
            return true;
        }

        await RequireAsync(response, HttpStatusCode.Accepted, ct).ConfigureAwait(false);
        // The registry has opened an upload instead, which nobody will use. One that cannot cancel it forgets it in time.
        using HttpResponseMessage cancelled = await SendAsync(HttpMethod.Delete, LocationOf(response), PushScope, null, ct).ConfigureAwait(false);
        return false;
    }

    /// <summary>Pushes a blob in two requests. <paramref name="open"/> is called once per try.</summary>
    /// <param name="progress">Told the bytes sent so far.</param>
    public async Task PushBlobAsync(Digest digest, long size, Func<Stream> open, IProgress<long>? progress, CancellationToken ct)
    {
        Uri location;
        using (HttpResponseMessage opened = await SendAsync(HttpMethod.Post, $"/v2/{Repository}/blobs/uploads/", PushScope, NoBody, ct).ConfigureAwait(false))
        {
            await RequireAsync(opened, HttpStatusCode.Accepted, ct).ConfigureAwait(false);
            location = LocationOf(opened);
        }

        Uri target = RegistryTransport.WithQuery(location, "digest=" + Uri.EscapeDataString(digest.ToString()));
        using HttpResponseMessage stored = await SendAsync(
            HttpMethod.Put, target, PushScope, request => request.Content = new UploadContent(size, open, progress), ct).ConfigureAwait(false);
        await RequireAsync(stored, HttpStatusCode.Created, ct).ConfigureAwait(false);
        if (HeaderOf(stored, "Docker-Content-Digest") is { } answered && answered != digest.ToString())
        {
            throw new RegistryException($"{Endpoint.BaseAddress.Authority} stored {RegistryError.Printable(answered)} where {digest} was pushed");
        }
    }

    private static void NoBody(HttpRequestMessage request) => request.Content = new ByteArrayContent([]);

    private static async Task SkipAsync(Stream stream, long count, CancellationToken ct)
    {
        byte[] buffer = new byte[64 * 1024];
        while (count > 0)
        {
            int read = await stream.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, count)), ct).ConfigureAwait(false);
            if (read == 0)
            {
                throw new EndOfStreamException("the blob ended before the byte to go on from");
            }

            count -= read;
        }
    }

    private Uri LocationOf(HttpResponseMessage response) =>
        _transport.Resolve(response.RequestMessage?.RequestUri ?? Endpoint.BaseAddress, response.Headers.Location)
        ?? throw new RegistryException($"{Endpoint.BaseAddress.Authority} opened an upload without saying where");

    private string BlobPath(Digest digest) => $"/v2/{Repository}/blobs/{digest}";
}
