using System.Net;
using System.Net.Http.Headers;
using System.Reflection;

namespace Berth.Oci.Distribution;

/// <summary>HTTP as a registry must be spoken to: no redirect is followed unseen, no body is endless, no silence lasts forever.</summary>
internal sealed class RegistryTransport(HttpMessageHandler handler, TimeSpan stallTimeout, bool allowsPlainHttp) : IDisposable
{
    private const int LargestErrorBody = 64 * 1024;
    private const int MostRedirects = 10;

    // A registry on object storage copies and hashes a large blob before it answers the last byte of it.
    private const int CommitPatience = 10;

    private static readonly ProductInfoHeaderValue UserAgent = new(
        "berth", typeof(RegistryTransport).Assembly.GetCustomAttribute<AssemblyFileVersionAttribute>()?.Version ?? "0");

    private readonly HttpMessageInvoker _http = new(handler, disposeHandler: false);

    public TimeSpan StallTimeout => stallTimeout;

    public void Dispose() => _http.Dispose();

    /// <summary>Sends; returns with the head of the answer, whose body is still on its way.</summary>
    /// <exception cref="TimeoutException">Nothing moved for the stall timeout.</exception>
    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken ct)
    {
        request.Headers.UserAgent.Add(UserAgent);
        using var stall = CancellationTokenSource.CreateLinkedTokenSource(ct);
        stall.CancelAfter(stallTimeout);
        if (request.Content is UploadContent upload)
        {
            upload.OnProgress = isAllSent => stall.CancelAfter(isAllSent ? stallTimeout * CommitPatience : stallTimeout);
        }

        try
        {
            return await _http.SendAsync(request, stall.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw new TimeoutException($"{request.RequestUri?.Authority} did not answer for {stallTimeout.TotalSeconds:0} s", e);
        }
    }

    /// <summary>As <see cref="SendAsync"/> for a request without a body, following redirects to storage without any credentials.</summary>
    public async Task<HttpResponseMessage> FollowAsync(HttpRequestMessage request, HttpResponseMessage response, CancellationToken ct)
    {
        for (int redirects = 0; IsRedirect(response); redirects++)
        {
            Uri target = RedirectTarget(request, response, redirects);
            response.Dispose();
            // Ours alone: Accept and Range. Authorization stays behind, whatever the target's name is.
            var next = new HttpRequestMessage(request.Method, target);
            next.Headers.Range = request.Headers.Range;
            foreach (MediaTypeWithQualityHeaderValue accept in request.Headers.Accept)
            {
                next.Headers.Accept.Add(accept);
            }

            request = next;
            response = await SendAsync(next, ct).ConfigureAwait(false);
        }

        return response;
    }

    private Uri RedirectTarget(HttpRequestMessage request, HttpResponseMessage response, int redirects)
    {
        if (redirects == MostRedirects)
        {
            throw new RegistryException($"{request.RequestUri?.Authority}: stopped after {MostRedirects} redirects");
        }

        return Resolve(request.RequestUri, response.Headers.Location)
            ?? throw new RegistryException($"{request.RequestUri?.Authority} redirects to no address");
    }

    /// <summary>An address that an answer names, made absolute and checked.</summary>
    /// <exception cref="RegistryException">It would lead from TLS into the open, or away from HTTP.</exception>
    public Uri? Resolve(Uri? from, Uri? location)
    {
        if (from is null || location is null)
        {
            return null;
        }

        var target = new Uri(from, location);
        if (target.Scheme != Uri.UriSchemeHttps && target.Scheme != Uri.UriSchemeHttp)
        {
            // Go's sentence: net/http, transport.go
            throw new RegistryException($"{from.Authority}: {RegistryError.Printable(target.ToString())}: unsupported protocol scheme \"{target.Scheme}\"");
        }

        return target.Scheme == Uri.UriSchemeHttps || (target.Scheme == Uri.UriSchemeHttp && allowsPlainHttp)
            ? target
            : throw new RegistryException($"{from.Authority} leads to an address without TLS: {target.Authority}");
    }

    /// <summary>The whole body.</summary>
    /// <exception cref="RegistryException">It is larger than <paramref name="limit"/> bytes.</exception>
    public async Task<byte[]> ReadBodyAsync(HttpResponseMessage response, int limit, CancellationToken ct)
    {
        if (response.Content.Headers.ContentLength > limit)
        {
            throw new RegistryException($"{response.RequestMessage?.RequestUri?.Authority}: answer of more than {limit} bytes");
        }

        Stream body = await response.Content.ReadAsStreamAsync(ct).ConfigureAwait(false);
        await using var guarded = new ResponseStream(body, response, stallTimeout, limit);
        using var content = new MemoryStream();
        await guarded.CopyToAsync(content, ct).ConfigureAwait(false);
        return content.ToArray();
    }

    /// <summary>What a refusal means. Source: distribution, internal/client/errors.go, HandleErrorResponse.</summary>
    public async Task<RegistryException> RefusalAsync(HttpResponseMessage response, CancellationToken ct)
    {
        IReadOnlyList<RegistryError> errors = await ReadErrorsAsync(response, ct).ConfigureAwait(false);
        if (response.StatusCode == HttpStatusCode.Unauthorized && AuthChallenge.Of(response) is { } challenge)
        {
            string? code = challenge["error"] switch
            {
                "invalid_token" => RegistryError.Unauthorized,
                "insufficient_scope" => RegistryError.Denied,
                _ => null,
            };
            if (code is not null)
            {
                errors = [RegistryError.Of(code), .. errors];
            }
        }

        if (errors.Count == 0)
        {
            errors = [FromStatus(response.StatusCode)];
        }

        return new RegistryException(response.StatusCode, errors, response.Headers.RetryAfter?.Delta);
    }

    public static Uri WithQuery(Uri address, string query) =>
        query.Length == 0 ? address : new UriBuilder(address) { Query = address.Query.Length > 1 ? $"{address.Query[1..]}&{query}" : query }.Uri;

    private static RegistryError FromStatus(HttpStatusCode status) => status switch
    {
        HttpStatusCode.Unauthorized => RegistryError.Of(RegistryError.Unauthorized),
        HttpStatusCode.Forbidden => RegistryError.Of(RegistryError.Denied),
        HttpStatusCode.TooManyRequests => RegistryError.Of(RegistryError.TooManyRequests),
        _ => new RegistryError { Message = $"received unexpected HTTP status: {(int)status} {status}" },
    };

    private async Task<IReadOnlyList<RegistryError>> ReadErrorsAsync(HttpResponseMessage response, CancellationToken ct)
    {
        try
        {
            return RegistryErrorEnvelope.Parse(await ReadBodyAsync(response, LargestErrorBody, ct).ConfigureAwait(false));
        }
        catch (Exception e) when (e is RegistryException or IOException or HttpRequestException or TimeoutException)
        {
            // The refusal stands whatever became of its explanation.
            return [];
        }
    }

    private static bool IsRedirect(HttpResponseMessage response) =>
        response.StatusCode is HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther
            or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect;
}
