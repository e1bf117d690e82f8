using System.Net;
using System.Net.Http.Headers;

namespace Berth.Oci.Distribution;

/// <summary>
/// One repository of one registry, over the OCI distribution protocol and Docker's token authentication.
/// Every method throws <see cref="RegistryException"/> for a refusal or an answer that cannot be believed,
/// <see cref="HttpRequestException"/> or <see cref="IOException"/> for a broken connection and <see cref="TimeoutException"/> for a silent one.
/// </summary>
/// <remarks>Safe for concurrent use. The handler is not owned: it is shared among clients and must not follow redirects by itself.</remarks>
public sealed partial class RegistryClient : IDisposable
{
    /// <summary>Nothing at all moving for this long ends a request; a slow transfer may take as long as it likes.</summary>
    public static readonly TimeSpan DefaultStallTimeout = TimeSpan.FromSeconds(60);

    private readonly RegistryTransport _transport;
    private readonly BearerAuth _auth;

    public RegistryClient(HttpMessageHandler handler, RegistryEndpoint endpoint, string repository, TimeProvider time, TimeSpan? stallTimeout = null)
        : this(handler, endpoint, repository, time, stallTimeout ?? DefaultStallTimeout, wantsRefreshToken: false)
    {
    }

    private RegistryClient(
        HttpMessageHandler handler, RegistryEndpoint endpoint, string repository, TimeProvider time, TimeSpan stallTimeout, bool wantsRefreshToken)
    {
        if (handler is SocketsHttpHandler { AllowAutoRedirect: true } or HttpClientHandler { AllowAutoRedirect: true })
        {
            throw new ArgumentException("the handler follows redirects by itself", nameof(handler));
        }

        Endpoint = endpoint;
        Repository = repository;
        _transport = new RegistryTransport(handler, stallTimeout, endpoint.AllowsPlainHttp);
        _auth = new BearerAuth(endpoint, _transport, time) { WantsRefreshToken = wantsRefreshToken };
    }

    public RegistryEndpoint Endpoint { get; }

    /// <summary>The repository without the registry, such as <c>library/postgres</c>.</summary>
    public string Repository { get; }

    public void Dispose()
    {
        _auth.Dispose();
        _transport.Dispose();
    }

    /// <summary>Asks whether there is a registry that accepts the endpoint's credentials.</summary>
    public async Task PingAsync(CancellationToken ct)
    {
        using HttpResponseMessage response = await SendAsync(HttpMethod.Get, "/v2/", [], null, ct).ConfigureAwait(false);
        await RequireAsync(response, HttpStatusCode.OK, ct).ConfigureAwait(false);
    }

    /// <summary>Checks credentials. Returns the refresh token that replaces the password, or null where the registry gives none.</summary>
    public static async Task<string?> LogInAsync(HttpMessageHandler handler, RegistryEndpoint endpoint, TimeProvider time, CancellationToken ct)
    {
        using var client = new RegistryClient(handler, endpoint, "", time, DefaultStallTimeout, wantsRefreshToken: true);
        await client.PingAsync(ct).ConfigureAwait(false);
        return client._auth.RefreshToken;
    }

    private string[] PullScope => [$"repository:{Repository}:pull"];

    private string[] PushScope => [$"repository:{Repository}:pull,push"];

    private Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string path, IReadOnlyList<string> scopes, Action<HttpRequestMessage>? prepare, CancellationToken ct) =>
        SendAsync(method, new Uri(Endpoint.BaseAddress, path), scopes, prepare, ct);

    /// <summary>Sends with authorization, and once more where the registry's challenge can be answered. Redirects of GET and HEAD are followed bare.</summary>
    private async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, Uri address, IReadOnlyList<string> scopes, Action<HttpRequestMessage>? prepare, CancellationToken ct)
    {
        for (bool isLastTry = false; ; isLastTry = true)
        {
            var request = new HttpRequestMessage(method, address);
            prepare?.Invoke(request);
            await _auth.AuthorizeAsync(request, scopes, ct).ConfigureAwait(false);
            AuthenticationHeaderValue? said = request.Headers.Authorization;
            HttpResponseMessage response = await _transport.SendAsync(request, ct).ConfigureAwait(false);
            if (response.StatusCode == HttpStatusCode.Unauthorized && !isLastTry && Endpoint.IsSameOrigin(address)
                && await _auth.AnswerAsync(response, said, scopes, ct).ConfigureAwait(false))
            {
                response.Dispose();
                continue;
            }

            return method == HttpMethod.Get || method == HttpMethod.Head
                ? await _transport.FollowAsync(request, response, ct).ConfigureAwait(false)
                : response;
        }
    }

    private async Task RequireAsync(HttpResponseMessage response, HttpStatusCode expected, CancellationToken ct)
    {
        if (response.StatusCode != expected)
        {
            throw await _transport.RefusalAsync(response, ct).ConfigureAwait(false);
        }
    }

    private static string? HeaderOf(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out IEnumerable<string>? values) ? values.FirstOrDefault() : null;
}
