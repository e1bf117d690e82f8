using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Berth.Oci.Distribution;

/// <summary>
/// Answers a registry's challenges and keeps its tokens, one per set of scopes.
/// Source: distribution, docs/content/spec/auth/token.md and oauth.md.
/// </summary>
/// <remarks>
/// A secret leaves this class for the registry's own origin and for a token server that <see cref="RealmPolicy"/> accepts, and no other place.
/// Only a challenge of the registry itself is answered, never one of a host it redirected to.
/// </remarks>
internal sealed class BearerAuth(RegistryEndpoint endpoint, RegistryTransport transport, TimeProvider time) : IDisposable
{
    private const string ClientId = "berth";
    private const int LargestToken = 1 << 20;
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ShortestLife = TimeSpan.FromSeconds(60);

    private readonly Dictionary<string, (string Token, DateTimeOffset Expires)> _tokens = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _exchange = new(1, 1);
    private AuthChallenge? _challenge;

    /// <summary>The refresh token of the last login that asked for one.</summary>
    public string? RefreshToken { get; private set; }

    public bool WantsRefreshToken { get; init; }

    public void Dispose() => _exchange.Dispose();

    /// <summary>Adds what the registry is known to ask for; nothing before its first challenge.</summary>
    public async ValueTask AuthorizeAsync(HttpRequestMessage request, IReadOnlyList<string> scopes, CancellationToken ct)
    {
        if (request.RequestUri is not { } address || !endpoint.IsSameOrigin(address))
        {
            return;
        }

        if (endpoint.Credentials is { RegistryToken: { Length: > 0 } token })
        {
            request.Headers.Authorization = new AuthenticationHeaderValue(AuthChallenge.Bearer, token);
        }
        else if (_challenge is { } challenge)
        {
            request.Headers.Authorization = challenge.Scheme == AuthChallenge.Bearer
                ? new AuthenticationHeaderValue(AuthChallenge.Bearer, await TokenAsync(challenge, scopes, rejected: null, ct).ConfigureAwait(false))
                : BasicHeader();
        }
    }

    /// <summary>Takes in a 401 of the registry. True where another try has something new to say.</summary>
    public async ValueTask<bool> AnswerAsync(HttpResponseMessage refusal, AuthenticationHeaderValue? said, IReadOnlyList<string> scopes, CancellationToken ct)
    {
        if (AuthChallenge.Of(refusal) is not { } challenge || endpoint.Credentials is { RegistryToken.Length: > 0 })
        {
            return false;
        }

        _challenge = challenge;
        if (challenge.Scheme == AuthChallenge.Basic)
        {
            return said is null && BasicHeader() is not null;
        }

        await TokenAsync(challenge, scopes, said?.Parameter, ct).ConfigureAwait(false);
        return true;
    }

    private async ValueTask<string> TokenAsync(AuthChallenge challenge, IReadOnlyList<string> scopes, string? rejected, CancellationToken ct)
    {
        string key = string.Join(' ', scopes);
        await _exchange.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            if (_tokens.TryGetValue(key, out var known) && known.Token != rejected && known.Expires > time.GetUtcNow())
            {
                return known.Token;
            }

            TokenResponse answer = await ExchangeAsync(challenge, scopes, ct).ConfigureAwait(false);
            string token = answer.Token is { Length: > 0 } ? answer.Token : answer.AccessToken ?? "";
            if (token.Length == 0)
            {
                throw new RegistryException("authorization server did not include a token in the response");
            }

            TimeSpan life = TimeSpan.FromSeconds(answer.ExpiresIn ?? 0);
            _tokens[key] = (token, time.GetUtcNow() + (life > ShortestLife ? life : ShortestLife) - Margin);
            RefreshToken = answer.RefreshToken ?? RefreshToken;
            return token;
        }
        finally
        {
            _exchange.Release();
        }
    }

    private async Task<TokenResponse> ExchangeAsync(AuthChallenge challenge, IReadOnlyList<string> scopes, CancellationToken ct)
    {
        Uri realm = RealmPolicy.Check(endpoint, challenge["realm"]);
        bool hasSecret = endpoint.Credentials is { HasPassword: true } or { IdentityToken.Length: > 0 };
        if (hasSecret && !RealmPolicy.MayBeTold(endpoint, realm))
        {
            throw new RegistryException(
                $"registry {endpoint.BaseAddress.Authority} wants its credentials sent to {realm.Authority}, which is not of its domain");
        }

        string service = challenge["service"] ?? "";
        if (endpoint.Credentials is { IdentityToken: { Length: > 0 } identityToken })
        {
            using HttpResponseMessage posted = await transport.SendAsync(PostForm(realm, service, scopes, identityToken), ct).ConfigureAwait(false);
            if (posted.StatusCode is not (HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed) || endpoint.Credentials is { HasPassword: false })
            {
                return await ReadAsync(posted, ct).ConfigureAwait(false);
            }
        }

        using HttpResponseMessage got = await transport.SendAsync(GetToken(realm, service, scopes), ct).ConfigureAwait(false);
        return await ReadAsync(got, ct).ConfigureAwait(false);
    }

    private HttpRequestMessage GetToken(Uri realm, string service, IReadOnlyList<string> scopes)
    {
        var query = new List<string>();
        if (endpoint.Credentials is { HasPassword: true, Username: { } username })
        {
            query.Add("account=" + Uri.EscapeDataString(username));
            if (WantsRefreshToken)
            {
                query.Add($"client_id={ClientId}&offline_token=true");
            }
        }

        query.AddRange(scopes.Select(scope => "scope=" + Uri.EscapeDataString(scope)));
        if (service.Length > 0)
        {
            query.Add("service=" + Uri.EscapeDataString(service));
        }

        var request = new HttpRequestMessage(HttpMethod.Get, RegistryTransport.WithQuery(realm, string.Join('&', query)));
        request.Headers.Authorization = BasicHeader();
        return request;
    }

    private static HttpRequestMessage PostForm(Uri realm, string service, IReadOnlyList<string> scopes, string identityToken) =>
        new(HttpMethod.Post, realm)
        {
            Content = new FormUrlEncodedContent(
            [
                new("grant_type", "refresh_token"),
                new("refresh_token", identityToken),
                new("service", service),
                new("client_id", ClientId),
                new("scope", string.Join(' ', scopes)),
            ]),
        };

    private async Task<TokenResponse> ReadAsync(HttpResponseMessage response, CancellationToken ct)
    {
        if (!response.IsSuccessStatusCode)
        {
            throw await transport.RefusalAsync(response, ct).ConfigureAwait(false);
        }

        byte[] body = await transport.ReadBodyAsync(response, LargestToken, ct).ConfigureAwait(false);
        try
        {
            return JsonSerializer.Deserialize(body, DistributionJson.Default.TokenResponse) ?? new TokenResponse();
        }
        catch (JsonException e)
        {
            throw new RegistryException("the authorization server's answer is no token", e);
        }
    }

    private AuthenticationHeaderValue? BasicHeader() =>
        endpoint.Credentials is { HasPassword: true, Username: { } username, Password: { } password }
            ? new AuthenticationHeaderValue(AuthChallenge.Basic, Convert.ToBase64String(Encoding.UTF8.GetBytes($"{username}:{password}")))
            : null;
}
