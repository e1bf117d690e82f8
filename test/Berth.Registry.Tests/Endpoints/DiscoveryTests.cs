using System.Net;
using System.Text;
using System.Text.Json;
using Berth.Oci;
using static Berth.Registry.Tests.RegistryUnderTest;

namespace Berth.Registry.Tests.Endpoints;

/// <summary>Tags, catalog and referrers.</summary>
public sealed class DiscoveryTests : IAsyncLifetime
{
    private RegistryUnderTest _registry = null!;

    public async ValueTask InitializeAsync() => _registry = await StartAsync();

    public ValueTask DisposeAsync() => _registry.DisposeAsync();

    [Theory]
    [InlineData("/v2/")]
    [InlineData("/v2")]
    public async Task The_base_says_that_this_is_a_registry(string path)
    {
        using HttpResponseMessage response = await _registry.Http.GetAsync(path);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("{}", await response.Content.ReadAsStringAsync());
        Assert.Equal("registry/2.0", Header(response, "Docker-Distribution-API-Version"));
    }

    [Fact]
    public async Task Tags_are_listed_in_pages_that_link_to_the_next()
    {
        SampleImage image = SampleImage.Create();
        foreach (string tag in (string[])["c", "a", "B", "d"])
        {
            await _registry.PushAsync("x/y", image, tag);
        }

        Assert.Equal(["B", "a", "c", "d"], await TagsAsync("/v2/x/y/tags/list"));
        using HttpResponseMessage first = await _registry.Http.GetAsync("/v2/x/y/tags/list?n=3");
        Assert.Equal(["B", "a", "c"], Names(await first.Content.ReadAsStringAsync(), "tags"));
        Assert.Equal("</v2/x/y/tags/list?last=c&n=3>; rel=\"next\"", Header(first, "Link"));
        using HttpResponseMessage second = await _registry.Http.GetAsync("/v2/x/y/tags/list?last=c&n=3");
        Assert.Equal(["d"], Names(await second.Content.ReadAsStringAsync(), "tags"));
        Assert.Equal("", Header(second, "Link"));
        Assert.Equal(["c", "d"], await TagsAsync("/v2/x/y/tags/list?last=b"));
    }

    [Fact]
    public async Task A_page_of_no_tags_is_empty_and_links_nowhere()
    {
        await _registry.PushAsync("a", SampleImage.Create(), "t");
        using HttpResponseMessage response = await _registry.Http.GetAsync("/v2/a/tags/list?n=0");
        Assert.Equal("""{"name":"a","tags":[]}""", await response.Content.ReadAsStringAsync());
        Assert.Equal("", Header(response, "Link"));
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("ten")]
    public async Task A_number_that_is_none_is_refused(string n)
    {
        using HttpResponseMessage response = await _registry.Http.GetAsync($"/v2/_catalog?n={n}");
        await RegistryAssert.RefusedAsync(HttpStatusCode.BadRequest, "UNSUPPORTED", response);
    }

    [Fact]
    public async Task Tags_of_no_repository_are_404()
    {
        using HttpResponseMessage response = await _registry.Http.GetAsync("/v2/nobody/tags/list");
        await RegistryAssert.RefusedAsync(HttpStatusCode.NotFound, "NAME_UNKNOWN", response);
    }

    [Fact]
    public async Task The_catalog_is_listed_in_pages_however_many_are_asked_for()
    {
        SampleImage image = SampleImage.Create();
        foreach (string name in (string[])["b", "a/x", "a"])
        {
            await _registry.PushAsync(name, image, "t");
        }

        using HttpResponseMessage first = await _registry.Http.GetAsync("/v2/_catalog?n=2");
        Assert.Equal(["a", "a/x"], Names(await first.Content.ReadAsStringAsync(), "repositories"));
        Assert.Equal("</v2/_catalog?last=a%2Fx&n=2>; rel=\"next\"", Header(first, "Link"));
        using HttpResponseMessage huge = await _registry.Http.GetAsync("/v2/_catalog?n=99999999999999999999");
        Assert.Equal(["a", "a/x", "b"], Names(await huge.Content.ReadAsStringAsync(), "repositories"));
    }

    [Fact]
    public async Task Referrers_are_described_and_can_be_filtered()
    {
        SampleImage subject = SampleImage.Create();
        SampleImage signature = SampleImage.Create(subject: subject.Digest, artifactType: "application/sig");
        SampleImage plain = SampleImage.Create(subject: subject.Digest);
        await _registry.PushAsync("a", subject, "t");
        await _registry.PushAsync("a", signature);
        await _registry.PushAsync("a", plain);

        using HttpResponseMessage response = await _registry.Http.GetAsync($"/v2/a/referrers/{subject.Digest}");
        Assert.Equal(MediaTypes.OciIndex, Header(response, "Content-Type"));
        ImageIndex all = await IndexAsync(response);
        Assert.Equal(2, all.SchemaVersion);
        Assert.Equal(MediaTypes.OciIndex, all.MediaType);
        Assert.Equal(2, all.Manifests.Count);
        Descriptor described = Assert.Single(all.Manifests, descriptor => descriptor.Digest == plain.Digest);
        Assert.Equal(MediaTypes.OciConfig, described.ArtifactType);
        Assert.Equal("signed", described.Annotations?["note"]);
        Assert.Equal(plain.Manifest.Length, described.Size);

        using HttpResponseMessage filtered = await _registry.Http.GetAsync($"/v2/a/referrers/{subject.Digest}?artifactType=application/sig");
        Assert.Equal("artifactType", Header(filtered, "OCI-Filters-Applied"));
        Assert.Equal(signature.Digest, Assert.Single((await IndexAsync(filtered)).Manifests).Digest);
    }

    [Fact]
    public async Task Referrers_of_nothing_are_none()
    {
        using HttpResponseMessage response = await _registry.Http.GetAsync($"/v2/a/referrers/{Digest.Of("x"u8)}");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Empty((await IndexAsync(response)).Manifests);
        using HttpResponseMessage invalid = await _registry.Http.GetAsync("/v2/a/referrers/sha256:zz");
        await RegistryAssert.RefusedAsync(HttpStatusCode.BadRequest, "DIGEST_INVALID", invalid);
    }

    [Fact]
    public async Task Referrers_come_in_pages()
    {
        var subject = Digest.Of("subject"u8);
        HashSet<Digest> expected = [];
        for (int i = 0; i < 5; i++)
        {
            SampleImage image = SampleImage.Create(subject: subject);
            expected.Add(image.Digest);
            await _registry.PushAsync("a", image);
        }

        var found = new HashSet<Digest>();
        string? next = $"/v2/a/referrers/{subject}?n=2";
        int pages = 0;
        while (next is not null)
        {
            using HttpResponseMessage response = await _registry.Http.GetAsync(next);
            found.UnionWith((await IndexAsync(response)).Manifests.Select(descriptor => descriptor.Digest));
            string link = Header(response, "Link");
            next = link.Length == 0 ? null : link[1..link.IndexOf('>', StringComparison.Ordinal)];
            pages++;
        }

        Assert.Equal(expected, found);
        Assert.Equal(3, pages);
    }

    [Fact]
    public async Task Referrers_that_an_old_client_kept_under_a_tag_are_included_once()
    {
        SampleImage subject = SampleImage.Create();
        SampleImage known = SampleImage.Create(subject: subject.Digest);
        SampleImage old = SampleImage.Create();
        await _registry.PushAsync("a", known);
        await _registry.PushAsync("a", old);
        string Entry(SampleImage image) => $$"""{"mediaType":"{{MediaTypes.OciManifest}}","digest":"{{image.Digest}}","size":{{image.Manifest.Length}}}""";
        byte[] index = Encoding.UTF8.GetBytes($$"""{"schemaVersion":2,"mediaType":"{{MediaTypes.OciIndex}}","manifests":[{{Entry(known)}},{{Entry(old)}}]}""");
        using HttpResponseMessage put = await _registry.PutManifestAsync("a", subject.Digest.ToString().Replace(':', '-'), index, MediaTypes.OciIndex);
        Assert.Equal(HttpStatusCode.Created, put.StatusCode);

        using HttpResponseMessage response = await _registry.Http.GetAsync($"/v2/a/referrers/{subject.Digest}");
        Assert.Equal(
            new HashSet<Digest> { known.Digest, old.Digest }, (await IndexAsync(response)).Manifests.Select(descriptor => descriptor.Digest).ToHashSet());
        Assert.Equal(2, (await IndexAsync(await _registry.Http.GetAsync($"/v2/a/referrers/{subject.Digest}"))).Manifests.Count);
    }

    [Fact]
    public async Task A_deleted_referrer_is_not_listed()
    {
        var subject = Digest.Of("subject"u8);
        SampleImage image = SampleImage.Create(subject: subject);
        await _registry.PushAsync("a", image);
        await _registry.Http.DeleteAsync($"/v2/a/manifests/{image.Digest}");
        Assert.Empty((await IndexAsync(await _registry.Http.GetAsync($"/v2/a/referrers/{subject}"))).Manifests);
    }

    [Fact]
    public async Task The_extensions_are_none()
    {
        Assert.Equal("""{"extensions":[]}""", await _registry.Http.GetStringAsync("/v2/_oci/ext/discover"));
    }

    private async Task<IReadOnlyList<string>> TagsAsync(string path) => Names(await _registry.Http.GetStringAsync(path), "tags");

    private static List<string> Names(string json, string property) =>
        [.. JsonDocument.Parse(json).RootElement.GetProperty(property).EnumerateArray().Select(element => element.GetString()!)];

    private static async Task<ImageIndex> IndexAsync(HttpResponseMessage response) =>
        JsonSerializer.Deserialize(await response.Content.ReadAsByteArrayAsync(), OciJson.Default.ImageIndex)!;
}
