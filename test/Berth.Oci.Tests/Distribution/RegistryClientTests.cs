using System.Net;
using System.Text;
using Berth.Oci.Distribution;
using static Berth.Oci.Tests.Distribution.HostileRegistry;

namespace Berth.Oci.Tests.Distribution;

/// <summary>What a registry answers is material to judge.</summary>
public sealed class RegistryClientTests
{
    private const string Registry = "registry.example.com";
    private const string Manifest = """{"schemaVersion":2,"config":{},"layers":[]}""";

    private static readonly Digest ManifestDigest = Digest.Of(Encoding.UTF8.GetBytes(Manifest));

    [Fact]
    public async Task A_manifest_is_described_by_its_own_bytes()
    {
        using RegistryClient client = ClientOf(new HostileRegistry().On(Registry, _ => Answer(HttpStatusCode.OK, Manifest, MediaTypes.OciManifest)));
        (Descriptor descriptor, byte[] content) = await client.GetManifestAsync("t", CancellationToken.None);

        Assert.Equal(ManifestDigest, descriptor.Digest);
        Assert.Equal(MediaTypes.OciManifest, descriptor.MediaType);
        Assert.Equal(content.Length, descriptor.Size);
        Assert.Equal(Manifest, Encoding.UTF8.GetString(content));
    }

    [Fact]
    public async Task Bytes_that_are_not_the_digest_asked_for_are_refused()
    {
        using RegistryClient client = ClientOf(new HostileRegistry().On(Registry, _ => Answer(HttpStatusCode.OK, Manifest + " ", MediaTypes.OciManifest)));
        RegistryException refusal = await Assert.ThrowsAsync<RegistryException>(
            () => client.GetManifestAsync(ManifestDigest.ToString(), CancellationToken.None));
        Assert.Equal($"manifest verification failed for digest {ManifestDigest}", refusal.Message);
    }

    [Theory]
    [InlineData("sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    [InlineData("sha256:nonsense")]
    public async Task Bytes_that_are_not_the_digest_the_registry_names_are_refused(string named)
    {
        using RegistryClient client = ClientOf(new HostileRegistry().On(Registry, _ =>
        {
            HttpResponseMessage response = Answer(HttpStatusCode.OK, Manifest, MediaTypes.OciManifest);
            response.Headers.Add("Docker-Content-Digest", named);
            return response;
        }));
        await Assert.ThrowsAsync<RegistryException>(() => client.GetManifestAsync("t", CancellationToken.None));
    }

    [Theory]
    [InlineData("not json", MediaTypes.OciManifest)]
    [InlineData("[]", MediaTypes.OciManifest)]
    [InlineData(Manifest, "text/html")]
    [InlineData(Manifest, null)]
    [InlineData(Manifest, MediaTypes.OciIndex)]
    [InlineData("""{"manifests":[],"layers":[]}""", MediaTypes.OciIndex)]
    [InlineData("""{"manifests":[],"config":{}}""", MediaTypes.OciManifest)]
    [InlineData("""{"mediaType":"application/vnd.oci.image.index.v1+json","layers":[]}""", MediaTypes.OciManifest)]
    [InlineData("""{"mediaType":7}""", MediaTypes.OciManifest)]
    [InlineData("""{"fsLayers":[]}""", "application/vnd.docker.distribution.manifest.v1+prettyjws")]
    public async Task What_is_no_manifest_or_two_at_once_is_refused(string body, string? mediaType)
    {
        using RegistryClient client = ClientOf(new HostileRegistry().On(Registry, _ => Answer(HttpStatusCode.OK, body, mediaType)));
        await Assert.ThrowsAsync<RegistryException>(() => client.GetManifestAsync("t", CancellationToken.None));
    }

    [Fact]
    public async Task A_static_server_may_leave_the_type_to_the_manifest()
    {
        string body = $$"""{"mediaType":"{{MediaTypes.DockerManifest}}","config":{},"layers":[]}""";
        using RegistryClient client = ClientOf(new HostileRegistry().On(Registry, _ => Answer(HttpStatusCode.OK, body, "text/plain")));
        Assert.Equal(MediaTypes.DockerManifest, (await client.GetManifestAsync("t", CancellationToken.None)).Descriptor.MediaType);
    }

    [Fact]
    public async Task A_manifest_without_end_is_given_up()
    {
        using RegistryClient client = ClientOf(new HostileRegistry().On(
            Registry, _ => new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(new EndlessStream(isSilent: false)) }));
        RegistryException refusal = await Assert.ThrowsAsync<RegistryException>(() => client.GetManifestAsync("t", CancellationToken.None));
        Assert.Contains($"more than {RegistryClient.LargestManifest} bytes", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_error_without_end_is_still_its_status()
    {
        using RegistryClient client = ClientOf(new HostileRegistry().On(
            Registry, _ => new HttpResponseMessage(HttpStatusCode.Forbidden) { Content = new StreamContent(new EndlessStream(isSilent: false)) }));
        RegistryException refusal = await Assert.ThrowsAsync<RegistryException>(() => client.GetManifestAsync("t", CancellationToken.None));
        Assert.Equal("denied: requested access to the resource is denied", refusal.Message);
    }

    [Fact]
    public async Task A_silent_body_is_a_timeout_and_not_a_wait()
    {
        var registry = new HostileRegistry().On(
            Registry, _ => new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(new EndlessStream(isSilent: true)) });
        using var client = new RegistryClient(registry, Endpoint(), "a", TimeProvider.System, TimeSpan.FromMilliseconds(50));
        await using Stream blob = await client.OpenBlobAsync(new Descriptor { Digest = ManifestDigest, Size = 10 }, 0, CancellationToken.None);
        await Assert.ThrowsAsync<TimeoutException>(() => blob.ReadAsync(new byte[10]).AsTask());
    }

    [Fact]
    public async Task A_blob_ends_in_an_error_behind_its_size()
    {
        using RegistryClient client = ClientOf(new HostileRegistry().On(
            Registry, _ => new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(new EndlessStream(isSilent: false)) }));
        await using Stream blob = await client.OpenBlobAsync(new Descriptor { Digest = ManifestDigest, Size = 100_000 }, 0, CancellationToken.None);
        await Assert.ThrowsAsync<RegistryException>(() => blob.CopyToAsync(Stream.Null));
    }

    [Fact]
    public async Task A_registry_that_ignores_ranges_is_read_from_the_right_byte_all_the_same()
    {
        using RegistryClient client = ClientOf(new HostileRegistry().On(Registry, _ => Answer(HttpStatusCode.OK, "0123456789")));
        await using Stream blob = await client.OpenBlobAsync(new Descriptor { Digest = ManifestDigest, Size = 10 }, 7, CancellationToken.None);
        Assert.Equal("789", await new StreamReader(blob).ReadToEndAsync());
    }

    [Fact]
    public async Task Another_part_than_asked_for_is_refused()
    {
        using RegistryClient client = ClientOf(new HostileRegistry().On(Registry, _ =>
        {
            HttpResponseMessage response = Answer(HttpStatusCode.PartialContent, "0123");
            response.Content.Headers.ContentRange = new(0, 3, 10);
            return response;
        }));
        await Assert.ThrowsAsync<RegistryException>(
            () => client.OpenBlobAsync(new Descriptor { Digest = ManifestDigest, Size = 10 }, 7, CancellationToken.None));
    }

    [Fact]
    public async Task Redirects_without_end_or_into_the_open_are_not_followed()
    {
        using RegistryClient circle = ClientOf(new HostileRegistry().On(Registry, _ => RedirectTo("/v2/round")));
        RegistryException refusal = await Assert.ThrowsAsync<RegistryException>(() => circle.PingAsync(CancellationToken.None));
        Assert.Contains("redirects", refusal.Message, StringComparison.Ordinal);

        using RegistryClient downgraded = ClientOf(new HostileRegistry().On(Registry, _ => RedirectTo("http://storage.example.net/blob")));
        refusal = await Assert.ThrowsAsync<RegistryException>(() => downgraded.PingAsync(CancellationToken.None));
        Assert.Contains("without TLS", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(HttpStatusCode.NotFound, """{"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown","detail":{"Tag":"t"}}]}""", "manifest unknown: manifest unknown")]
    [InlineData(HttpStatusCode.NotFound, "", "manifest unknown: manifest unknown")]
    [InlineData(HttpStatusCode.Unauthorized, "", "unauthorized: authentication required")]
    [InlineData(HttpStatusCode.Forbidden, """{"errors":[{"code":"DENIED","message":"no"}]}""", "denied: no")]
    [InlineData(HttpStatusCode.TooManyRequests, """{"errors":[{"code":"TOOMANYREQUESTS","message":"You have reached your pull rate limit."}]}""", "toomanyrequests: You have reached your pull rate limit.")]
    [InlineData(HttpStatusCode.BadGateway, "<html>", "unknown: received unexpected HTTP status: 502 BadGateway")]
    [InlineData(HttpStatusCode.BadRequest, """{"errors":[{"code":"A","message":"x"},{"code":"B_C","message":"y"}]}""", "errors:\na: x\nb c: y\n")]
    public async Task Refusals_read_as_dockers(HttpStatusCode status, string body, string message)
    {
        using RegistryClient client = ClientOf(new HostileRegistry().On(Registry, _ => Answer(status, body)));
        RegistryException refusal = await Assert.ThrowsAsync<RegistryException>(() => client.GetManifestAsync("t", CancellationToken.None));
        Assert.Equal(message, refusal.Message);
        Assert.Equal(status, refusal.Status);
    }

    [Fact]
    public async Task A_registrys_words_cannot_command_a_terminal()
    {
        using RegistryClient client = ClientOf(new HostileRegistry().On(
            Registry, _ => Answer(HttpStatusCode.Forbidden, """{"errors":[{"code":"DENIED","message":"\u001b[2Jgone\n"}]}""")));
        RegistryException refusal = await Assert.ThrowsAsync<RegistryException>(() => client.PingAsync(CancellationToken.None));
        Assert.DoesNotContain(refusal.Message, char.IsControl);
    }

    [Theory]
    [InlineData("DENIED", "pull access denied for app, repository does not exist or may require 'docker login': denied: m")]
    [InlineData("MANIFEST_UNKNOWN", "manifest for app:t not found: manifest unknown: m")]
    [InlineData("NAME_UNKNOWN", "repository app not found: name unknown: m")]
    [InlineData("TOOMANYREQUESTS", "toomanyrequests: m")]
    public void A_pull_that_fails_says_what_dockers_says(string code, string sentence)
    {
        var exception = new RegistryException(HttpStatusCode.NotFound, [new RegistryError { Code = code, Message = "m" }]);
        Assert.Equal(sentence, exception.PullSentence(ImageReference.Parse("app:t")));
    }

    [Fact]
    public async Task A_list_of_tags_that_goes_on_elsewhere_is_refused()
    {
        using RegistryClient client = ClientOf(new HostileRegistry().On(Registry, _ =>
        {
            HttpResponseMessage response = Answer(HttpStatusCode.OK, """{"name":"a","tags":["t"]}""");
            response.Headers.Add("Link", "<https://evil.example.net/v2/a/tags/list>; rel=\"next\"");
            return response;
        }));
        await Assert.ThrowsAsync<RegistryException>(async () => await client.ListTagsAsync(CancellationToken.None).ToListAsync());
    }

    [Fact]
    public async Task A_push_that_the_registry_stored_as_something_else_failed()
    {
        using RegistryClient client = ClientOf(new HostileRegistry().On(Registry, _ =>
        {
            HttpResponseMessage response = Answer(HttpStatusCode.Created);
            response.Headers.Add("Docker-Content-Digest", Digest.Of("other"u8).ToString());
            return response;
        }));
        await Assert.ThrowsAsync<RegistryException>(
            () => client.PutManifestAsync("t", MediaTypes.OciManifest, Encoding.UTF8.GetBytes(Manifest), CancellationToken.None));
    }

    [Fact]
    public void Plain_http_needs_permission_except_on_this_machine()
    {
        Assert.Throws<ArgumentException>(() => new RegistryEndpoint(new Uri("http://registry.example.com"), insecure: false, null));
        Assert.True(new RegistryEndpoint(new Uri("http://registry.example.com"), insecure: true, null).AllowsPlainHttp);
        Assert.True(new RegistryEndpoint(new Uri("http://127.8.8.8:5000"), insecure: false, null).AllowsPlainHttp);
        Assert.True(new RegistryEndpoint(new Uri("http://[::1]:5000"), insecure: false, null).AllowsPlainHttp);
        Assert.Throws<ArgumentException>(() => new RegistryEndpoint(new Uri("http://localhost.example.com"), insecure: false, null));
    }

    [Fact]
    public void A_handler_that_follows_redirects_by_itself_is_refused() =>
        Assert.Throws<ArgumentException>(() => new RegistryClient(new SocketsHttpHandler(), Endpoint(), "a", TimeProvider.System));

    [Fact]
    public void Docker_hub_answers_under_its_own_name()
    {
        Assert.Equal([new Uri("https://registry-1.docker.io/")], RegistryEndpoint.AddressesOf("docker.io", insecure: false));
        Assert.Equal([new Uri("https://localhost:5000/"), new Uri("http://localhost:5000/")], RegistryEndpoint.AddressesOf("localhost:5000", insecure: false));
    }

    private static RegistryEndpoint Endpoint() => new(new Uri($"https://{Registry}"), insecure: false, null);

    private static RegistryClient ClientOf(HostileRegistry registry) => new(registry, Endpoint(), "a", TimeProvider.System);
}
