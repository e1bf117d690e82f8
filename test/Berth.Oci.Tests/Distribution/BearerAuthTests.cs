using System.Net;
using System.Text;
using Berth.Oci.Distribution;
using Microsoft.Extensions.Time.Testing;
using static Berth.Oci.Tests.Distribution.HostileRegistry;

namespace Berth.Oci.Tests.Distribution;

/// <summary>Who is told what.</summary>
public sealed class BearerAuthTests
{
    private const string Registry = "registry.example.com";
    private const string Auth = "auth.example.com";
    private const string Evil = "evil.example.net";

    private static readonly RegistryCredentials Password = new() { Username = "me", Password = "secret" };
    private static readonly string Basic = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes("me:secret"));

    private readonly FakeTimeProvider _time = new();
    private int _tokens;

    [Fact]
    public async Task A_token_is_fetched_once_for_a_scope_and_sent_along()
    {
        HostileRegistry registry = WithTokens($"Bearer realm=\"https://{Auth}/token\",service=\"the registry\"");
        using RegistryClient client = ClientOf(registry, Password);
        await client.BlobExistsAsync(Digest.Of([1]), CancellationToken.None);
        await client.BlobExistsAsync(Digest.Of([2]), CancellationToken.None);

        (_, _, string query, _, _) = Assert.Single(registry.Requests, request => request.Host == Auth);
        Assert.Equal("/token?account=me&scope=repository%3Aa%2Fb%3Apull&service=the%20registry", query);
        Assert.Equal([Basic], registry.SecretsSentTo(Auth));
        Assert.Equal(["Bearer token1", "Bearer token1"], registry.SecretsSentTo(Registry));
    }

    [Fact]
    public async Task Pushing_asks_for_more_than_pulling()
    {
        HostileRegistry registry = WithTokens($"Bearer realm=\"https://{Auth}/token\"");
        using RegistryClient client = ClientOf(registry, Password);
        await client.BlobExistsAsync(Digest.Of([1]), CancellationToken.None);
        await Assert.ThrowsAsync<RegistryException>(() => client.MountBlobAsync(Digest.Of([1]), "c", CancellationToken.None));

        Assert.Equal(2, _tokens);
        Assert.EndsWith(
            "scope=repository%3Aa%2Fb%3Apull%2Cpush&scope=repository%3Ac%3Apull",
            registry.Requests.Last(request => request.Host == Auth).PathAndQuery, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_that_has_run_out_is_replaced_before_it_is_refused()
    {
        HostileRegistry registry = WithTokens($"Bearer realm=\"https://{Auth}/token\"");
        using RegistryClient client = ClientOf(registry, Password);
        await client.BlobExistsAsync(Digest.Of([1]), CancellationToken.None);
        _time.Advance(TimeSpan.FromMinutes(10));
        await client.BlobExistsAsync(Digest.Of([1]), CancellationToken.None);

        Assert.Equal("Bearer token2", registry.SecretsSentTo(Registry).Last());
    }

    [Fact]
    public async Task Without_credentials_an_anonymous_token_does()
    {
        HostileRegistry registry = WithTokens($"Bearer realm=\"https://{Auth}/token\"");
        using RegistryClient client = ClientOf(registry, null);
        Assert.True(await client.BlobExistsAsync(Digest.Of([1]), CancellationToken.None));
        Assert.Empty(registry.SecretsSentTo(Auth));
    }

    [Fact]
    public async Task Basic_is_answered_with_the_password()
    {
        var registry = new HostileRegistry().On(
            Registry, request => request.Headers.Authorization is null ? Challenge("Basic realm=\"x\"") : Answer(HttpStatusCode.OK));
        using RegistryClient client = ClientOf(registry, Password);
        await client.PingAsync(CancellationToken.None);
        await client.PingAsync(CancellationToken.None);
        Assert.Equal([Basic, Basic], registry.SecretsSentTo(Registry));
    }

    [Fact]
    public async Task A_refused_password_is_not_sent_again_and_again()
    {
        var registry = new HostileRegistry().On(Registry, _ => Challenge("Basic realm=\"x\""));
        using RegistryClient client = ClientOf(registry, Password);
        RegistryException refusal = await Assert.ThrowsAsync<RegistryException>(() => client.PingAsync(CancellationToken.None));
        Assert.Equal("unauthorized: authentication required", refusal.Message);
        Assert.Single(registry.SecretsSentTo(Registry));
    }

    [Fact]
    public async Task An_identity_token_is_posted_and_a_registry_token_sent_as_it_is()
    {
        HostileRegistry registry = WithTokens($"Bearer realm=\"https://{Auth}/token\",service=\"s\"");
        using (RegistryClient client = ClientOf(registry, new RegistryCredentials { IdentityToken = "refresh" }))
        {
            await client.PingAsync(CancellationToken.None);
        }

        (_, string method, _, _, string body) = Assert.Single(registry.Requests, request => request.Host == Auth);
        Assert.Equal("POST", method);
        Assert.StartsWith("grant_type=refresh_token&refresh_token=refresh&service=s&client_id=berth", body, StringComparison.Ordinal);

        var plain = new HostileRegistry().On(Registry, _ => Answer(HttpStatusCode.OK));
        using RegistryClient bearer = ClientOf(plain, new RegistryCredentials { RegistryToken = "as-is" });
        await bearer.PingAsync(CancellationToken.None);
        Assert.Equal(["Bearer as-is"], plain.SecretsSentTo(Registry));
    }

    [Fact]
    public async Task A_login_returns_the_token_that_replaces_the_password()
    {
        var registry = new HostileRegistry()
            .On(Registry, request => request.Headers.Authorization is null ? Challenge($"Bearer realm=\"https://{Auth}/token\"") : Answer(HttpStatusCode.OK))
            .On(Auth, _ => Answer(HttpStatusCode.OK, """{"access_token":"t","refresh_token":"keep"}"""));
        var endpoint = new RegistryEndpoint(new Uri($"https://{Registry}"), insecure: false, Password);
        Assert.Equal("keep", await RegistryClient.LogInAsync(registry, endpoint, _time, CancellationToken.None));
        Assert.Contains("offline_token=true", registry.Requests.Single(request => request.Host == Auth).PathAndQuery, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Insufficient_scope_reads_as_denied()
    {
        var registry = new HostileRegistry()
            .On(Registry, _ => Challenge(
                $"Bearer realm=\"https://{Auth}/token\",error=\"insufficient_scope\"", """{"errors":[{"code":"UNAUTHORIZED","message":"authentication required"}]}"""))
            .On(Auth, _ => Answer(HttpStatusCode.OK, """{"token":"weak"}"""));
        using RegistryClient client = ClientOf(registry, null);
        RegistryException refusal = await Assert.ThrowsAsync<RegistryException>(() => client.GetManifestAsync("t", CancellationToken.None));
        Assert.Equal(RegistryError.Denied, refusal.Code);
        Assert.True(refusal.IsUnauthorized);
    }

    [Theory]
    [InlineData("https://evil.example.net/token")]
    [InlineData("https://example.com.evil.net/token")]
    [InlineData("https://notexample.com/token")]
    [InlineData("http://auth.example.com/token")]
    [InlineData("https://me:pw@auth.example.com/token")]
    [InlineData("file:///etc/passwd")]
    [InlineData("/token")]
    [InlineData("")]
    public async Task A_strangers_realm_is_told_nothing(string realm)
    {
        HostileRegistry registry = WithTokens($"Bearer realm=\"{realm}\"");
        foreach (string host in (string[])[Evil, "example.com.evil.net", "notexample.com"])
        {
            registry.On(host, _ => Answer(HttpStatusCode.OK, """{"token":"stolen"}"""));
        }

        using RegistryClient client = ClientOf(registry, Password);
        await Assert.ThrowsAsync<RegistryException>(() => client.PingAsync(CancellationToken.None));
        Assert.DoesNotContain(registry.Requests, request => request.Authorization is not null || request.Body.Length > 0);
    }

    [Fact]
    public async Task A_realm_elsewhere_can_be_trusted_by_name()
    {
        HostileRegistry registry = WithTokens("Bearer realm=\"https://login.partner.org/token\"").On("login.partner.org", _ => Answer(HttpStatusCode.OK, """{"token":"token1"}"""));
        var endpoint = new RegistryEndpoint(new Uri($"https://{Registry}"), insecure: false, Password) { TrustedRealmHosts = ["login.partner.org"] };
        using var client = new RegistryClient(registry, endpoint, "a/b", _time);
        await client.PingAsync(CancellationToken.None);
        Assert.Equal([Basic], registry.SecretsSentTo("login.partner.org"));
    }

    [Theory]
    [InlineData("registry-1.docker.io", "auth.docker.io", true)]
    [InlineData("registry.gitlab.com", "gitlab.com", true)]
    [InlineData("ghcr.io", "ghcr.io", true)]
    [InlineData("127.0.0.1", "127.0.0.1", true)]
    [InlineData("127.0.0.1", "1.0.0.1", false)]
    [InlineData("shop.co.uk", "evil.co.uk", false)]
    [InlineData("registry.shop.co.uk", "auth.shop.co.uk", true)]
    [InlineData("registry", "auth", false)]
    [InlineData("example.com", "evilexample.com", false)]
    public void A_realm_is_of_the_registrys_domain_or_not(string registry, string realm, bool expected) =>
        Assert.Equal(expected, RealmPolicy.AreOfOneDomain(registry, realm));

    [Fact]
    public async Task A_redirect_to_storage_carries_no_authorization()
    {
        var registry = new HostileRegistry()
            .On(Registry, request => request.Headers.Authorization is null
                ? Challenge("Basic realm=\"x\"") : RedirectTo("https://evil.example.net/blob?signature=1"))
            .On(Evil, _ => Answer(HttpStatusCode.OK, "blob"));
        using RegistryClient client = ClientOf(registry, Password);
        await using Stream blob = await client.OpenBlobAsync(new Descriptor { Digest = Digest.Of([1]), Size = 4 }, 0, CancellationToken.None);

        Assert.Equal("blob", await new StreamReader(blob).ReadToEndAsync());
        Assert.Empty(registry.SecretsSentTo(Evil));
    }

    [Fact]
    public async Task A_challenge_behind_a_redirect_is_not_answered()
    {
        var registry = new HostileRegistry()
            .On(Registry, _ => RedirectTo("https://evil.example.net/v2/"))
            .On(Evil, _ => Challenge("Basic realm=\"give\""));
        using RegistryClient client = ClientOf(registry, Password);
        await Assert.ThrowsAsync<RegistryException>(() => client.PingAsync(CancellationToken.None));
        Assert.DoesNotContain(registry.Requests, request => request.Authorization is not null);
    }

    [Fact]
    public async Task An_upload_that_goes_on_elsewhere_carries_no_authorization()
    {
        var registry = new HostileRegistry()
            .On(Registry, request =>
            {
                if (request.Headers.Authorization is null)
                {
                    return Challenge("Basic realm=\"x\"");
                }

                HttpResponseMessage response = Answer(HttpStatusCode.Accepted);
                response.Headers.Location = new Uri("https://evil.example.net/upload?state=1");
                return response;
            })
            .On(Evil, _ => Answer(HttpStatusCode.Created));
        using RegistryClient client = ClientOf(registry, Password);
        byte[] content = "data"u8.ToArray();
        await client.PushBlobAsync(Digest.Of(content), 4, () => new MemoryStream(content), null, CancellationToken.None);

        (_, _, string query, System.Net.Http.Headers.AuthenticationHeaderValue? authorization, _) = Assert.Single(registry.Requests, request => request.Host == Evil);
        Assert.Null(authorization);
        Assert.Equal($"/upload?state=1&digest=sha256%3A{Digest.Of(content).Hex}", query);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("nonsense")]
    [InlineData("""{"token":""}""")]
    public async Task A_token_server_that_gives_no_token_is_an_error(string body)
    {
        var registry = new HostileRegistry().On(Registry, _ => Challenge($"Bearer realm=\"https://{Auth}/token\"")).On(Auth, _ => Answer(HttpStatusCode.OK, body));
        using RegistryClient client = ClientOf(registry, Password);
        await Assert.ThrowsAsync<RegistryException>(() => client.PingAsync(CancellationToken.None));
    }

    [Fact]
    public async Task A_token_server_that_refuses_is_quoted()
    {
        var registry = new HostileRegistry().On(Registry, _ => Challenge($"Bearer realm=\"https://{Auth}/token\""))
            .On(Auth, _ => Answer(HttpStatusCode.Unauthorized, """{"details":"incorrect username or password"}"""));
        using RegistryClient client = ClientOf(registry, Password);
        RegistryException refusal = await Assert.ThrowsAsync<RegistryException>(() => client.PingAsync(CancellationToken.None));
        Assert.Contains("incorrect username or password", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("realm=\"https://a/t\",service=\"s\"", "https://a/t", "s")]
    [InlineData("service=s , realm=\"https://a/t?x=1,2\"", "https://a/t?x=1,2", "s")]
    [InlineData("realm=\"a\\\"b\"", "a\"b", null)]
    [InlineData("realm=\"unterminated", null, null)]
    [InlineData("", null, null)]
    [InlineData("=,=,\"", null, null)]
    public void Challenges_are_parsed_with_their_quotes(string header, string? realm, string? service)
    {
        Dictionary<string, string> parameters = AuthChallenge.ParseParameters(header);
        Assert.Equal(realm, parameters.GetValueOrDefault("realm"));
        Assert.Equal(service, parameters.GetValueOrDefault("service"));
    }

    [Fact]
    public void Credentials_do_not_print_their_secrets() => Assert.DoesNotContain("secret", $"{Password}", StringComparison.Ordinal);

    private HostileRegistry WithTokens(string challenge) => new HostileRegistry()
        .On(Registry, request => request.Headers.Authorization is null ? Challenge(challenge) : Answer(HttpStatusCode.OK))
        .On(Auth, _ => Answer(HttpStatusCode.OK, $$"""{"token":"token{{++_tokens}}","expires_in":300}"""));

    private RegistryClient ClientOf(HostileRegistry registry, RegistryCredentials? credentials) =>
        new(registry, new RegistryEndpoint(new Uri($"https://{Registry}"), insecure: false, credentials), "a/b", _time);
}
