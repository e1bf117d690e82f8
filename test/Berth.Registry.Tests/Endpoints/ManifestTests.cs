using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Berth.Oci;
using static Berth.Registry.Tests.RegistryUnderTest;

namespace Berth.Registry.Tests.Endpoints;

public sealed class ManifestTests : IAsyncLifetime
{
    private RegistryUnderTest _registry = null!;

    public async ValueTask InitializeAsync() => _registry = await StartAsync();

    public ValueTask DisposeAsync() => _registry.DisposeAsync();

    [Fact]
    public async Task A_manifest_comes_back_byte_for_byte_with_its_type()
    {
        SampleImage image = SampleImage.Create();
        // White space is content.
        byte[] manifest = [.. " \n"u8, .. image.Manifest, .. "\n\t"u8];
        await _registry.PushBlobAsync("a/b", image.Config);
        await _registry.PushBlobAsync("a/b", image.Layer);
        using HttpResponseMessage put = await _registry.PutManifestAsync("a/b", "t", manifest);
        Assert.Equal(HttpStatusCode.Created, put.StatusCode);
        Assert.Equal(Digest.Of(manifest).ToString(), Header(put, "Docker-Content-Digest"));

        foreach (string reference in (string[])["t", Digest.Of(manifest).ToString()])
        {
            using HttpResponseMessage got = await _registry.SendAsync(
                HttpMethod.Get, $"/v2/a/b/manifests/{reference}", null, ("Accept", "application/vnd.docker.distribution.manifest.v1+json"));
            Assert.Equal(manifest, await got.Content.ReadAsByteArrayAsync());
            Assert.Equal(MediaTypes.OciManifest, Header(got, "Content-Type"));
            Assert.Equal(Digest.Of(manifest).ToString(), Header(got, "Docker-Content-Digest"));
        }

        Assert.Equal(manifest, await _registry.Http.GetByteArrayAsync(Header(put, "Location")));
    }

    [Fact]
    public async Task Head_says_length_type_and_digest()
    {
        SampleImage image = SampleImage.Create();
        await _registry.PushAsync("a", image, "t");
        using HttpResponseMessage head = await _registry.SendAsync(HttpMethod.Head, "/v2/a/manifests/t");

        Assert.Equal(HttpStatusCode.OK, head.StatusCode);
        Assert.Equal(image.Manifest.Length, head.Content.Headers.ContentLength);
        Assert.Equal(MediaTypes.OciManifest, Header(head, "Content-Type"));
        Assert.Equal(image.Digest.ToString(), Header(head, "Docker-Content-Digest"));
    }

    [Theory]
    [InlineData("nothing")]
    [InlineData("sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    [InlineData("-no-tag")]
    public async Task An_unknown_manifest_is_404(string reference)
    {
        using HttpResponseMessage response = await _registry.Http.GetAsync($"/v2/a/manifests/{reference}");
        await RegistryAssert.RefusedAsync(HttpStatusCode.NotFound, "MANIFEST_UNKNOWN", response);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("PUT")]
    public async Task What_is_no_digest_is_400(string method)
    {
        using HttpResponseMessage response = await _registry.SendAsync(new HttpMethod(method), "/v2/a/manifests/sha256:zz", "{}"u8.ToArray());
        await RegistryAssert.RefusedAsync(HttpStatusCode.BadRequest, "DIGEST_INVALID", response);
    }

    [Fact]
    public async Task A_manifest_that_is_not_the_digest_it_is_pushed_under_is_refused()
    {
        SampleImage image = SampleImage.Create();
        await _registry.PushBlobAsync("a", image.Config);
        await _registry.PushBlobAsync("a", image.Layer);
        using HttpResponseMessage response = await _registry.PutManifestAsync("a", Digest.Of("x"u8).ToString(), image.Manifest);
        await RegistryAssert.RefusedAsync(HttpStatusCode.BadRequest, "DIGEST_INVALID", response);
        using HttpResponseMessage got = await _registry.Http.GetAsync($"/v2/a/manifests/{image.Digest}");
        Assert.Equal(HttpStatusCode.NotFound, got.StatusCode);
    }

    [Theory]
    [InlineData(".bad")]
    [InlineData("has space")]
    public async Task A_tag_outside_of_the_grammar_is_refused(string tag)
    {
        using HttpResponseMessage response = await _registry.PutManifestAsync("a", Uri.EscapeDataString(tag), SampleImage.Create().Manifest);
        await RegistryAssert.RefusedAsync(HttpStatusCode.BadRequest, "MANIFEST_INVALID", response);
    }

    [Fact]
    public async Task A_tag_of_128_characters_fits_and_one_of_129_does_not()
    {
        SampleImage image = SampleImage.Create();
        await _registry.PushAsync("a", image, new string('t', 128));
        using HttpResponseMessage response = await _registry.PutManifestAsync("a", new string('t', 129), image.Manifest);
        await RegistryAssert.RefusedAsync(HttpStatusCode.BadRequest, "MANIFEST_INVALID", response);
    }

    [Fact]
    public async Task A_manifest_whose_blobs_are_missing_is_refused_and_names_the_first()
    {
        SampleImage image = SampleImage.Create();
        using HttpResponseMessage response = await _registry.PutManifestAsync("a", "t", image.Manifest);
        await RegistryAssert.RefusedAsync(HttpStatusCode.NotFound, "MANIFEST_BLOB_UNKNOWN", response);
        Assert.Contains(image.ConfigDigest.ToString(), await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_blob_of_another_repository_does_not_count()
    {
        SampleImage image = SampleImage.Create();
        await _registry.PushAsync("a", image, "t");
        using HttpResponseMessage response = await _registry.PutManifestAsync("b", "t", image.Manifest);
        await RegistryAssert.RefusedAsync(HttpStatusCode.NotFound, "MANIFEST_BLOB_UNKNOWN", response);
    }

    [Fact]
    public async Task A_manifest_of_four_megabytes_is_accepted_and_one_above_the_limit_is_413()
    {
        SampleImage image = SampleImage.Create();
        await _registry.PushBlobAsync("a", image.Config);
        await _registry.PushBlobAsync("a", image.Layer);
        using HttpResponseMessage accepted = await _registry.PutManifestAsync("a", "t", Padded(image.Manifest, 4 << 20));
        Assert.Equal(HttpStatusCode.Created, accepted.StatusCode);

        foreach (bool isLengthKnown in (bool[])[true, false])
        {
            using var request = new HttpRequestMessage(HttpMethod.Put, "/v2/a/manifests/t")
            {
                Content = new ByteArrayContent(Padded(image.Manifest, _registry.Options.LargestManifest + 1)),
            };
            request.Headers.TransferEncodingChunked = !isLengthKnown;
            using HttpResponseMessage refused = await _registry.Http.SendAsync(request);
            await RegistryAssert.RefusedAsync(HttpStatusCode.RequestEntityTooLarge, "SIZE_INVALID", refused);
        }
    }

    [Fact]
    public async Task A_digest_can_be_pushed_with_its_tags()
    {
        SampleImage image = SampleImage.Create();
        await _registry.PushBlobAsync("a", image.Config);
        await _registry.PushBlobAsync("a", image.Layer);
        string query = string.Join('&', Enumerable.Range(0, 12).Select(i => $"tag=t{i}"));
        using HttpResponseMessage put = await _registry.PutManifestAsync("a", $"{image.Digest}?{query}", image.Manifest);

        Assert.Equal(HttpStatusCode.Created, put.StatusCode);
        Assert.Equal(12, put.Headers.GetValues("OCI-Tag").Count());
        Assert.Equal(image.Manifest, await _registry.Http.GetByteArrayAsync("/v2/a/manifests/t11"));
    }

    [Fact]
    public async Task One_invalid_tag_among_many_refuses_them_all()
    {
        SampleImage image = SampleImage.Create();
        await _registry.PushBlobAsync("a", image.Config);
        await _registry.PushBlobAsync("a", image.Layer);
        using HttpResponseMessage put = await _registry.PutManifestAsync("a", $"{image.Digest}?tag=ok&tag=.bad", image.Manifest);
        await RegistryAssert.RefusedAsync(HttpStatusCode.BadRequest, "MANIFEST_INVALID", put);
        Assert.Equal(HttpStatusCode.NotFound, (await _registry.Http.GetAsync("/v2/a/manifests/ok")).StatusCode);
    }

    [Fact]
    public async Task Sha512_manifests_work_from_end_to_end()
    {
        SampleImage image = SampleImage.Create();
        await _registry.PushBlobAsync("a", image.Config);
        await _registry.PushBlobAsync("a", image.Layer);
        var digest = Digest.FromSha512(SHA512.HashData(image.Manifest));
        using HttpResponseMessage put = await _registry.PutManifestAsync("a", $"{digest}?tag=big", image.Manifest);
        Assert.Equal(digest.ToString(), Header(put, "Docker-Content-Digest"));
        using HttpResponseMessage got = await _registry.Http.GetAsync("/v2/a/manifests/big");
        Assert.Equal(digest.ToString(), Header(got, "Docker-Content-Digest"));
    }

    [Theory]
    [InlineData("""{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]}""")]
    [InlineData("""{"schemaVersion":2,"manifests":[],"artifactType":"application/x","annotations":{"a":"b"},"custom":{"deep":[1,2]}}""")]
    [InlineData("""{"schemaVersion":2,"manifests":[],"subject":{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855","size":2}}""")]
    public async Task Indexes_of_every_kind_are_accepted(string content)
    {
        using HttpResponseMessage put = await _registry.PutManifestAsync("a", "t", Encoding.UTF8.GetBytes(content), MediaTypes.OciIndex);
        Assert.Equal(HttpStatusCode.Created, put.StatusCode);
        Assert.Equal(content.Contains("subject", StringComparison.Ordinal), Header(put, "OCI-Subject").Length > 0);
    }

    [Fact]
    public async Task An_index_needs_its_manifests_and_may_be_nested()
    {
        SampleImage image = SampleImage.Create();
        byte[] inner = Index(image.Digest, image.Manifest.Length, MediaTypes.OciManifest);
        byte[] outer = Index(Digest.Of(inner), inner.Length, MediaTypes.OciIndex);
        using HttpResponseMessage early = await _registry.PutManifestAsync("a", "in", inner, MediaTypes.OciIndex);
        await RegistryAssert.RefusedAsync(HttpStatusCode.NotFound, "MANIFEST_BLOB_UNKNOWN", early);

        await _registry.PushAsync("a", image);
        using HttpResponseMessage first = await _registry.PutManifestAsync("a", "in", inner, MediaTypes.OciIndex);
        using HttpResponseMessage second = await _registry.PutManifestAsync("a", "out", outer, MediaTypes.OciIndex);
        Assert.Equal(HttpStatusCode.Created, second.StatusCode);
        Assert.Equal(outer, await _registry.Http.GetByteArrayAsync("/v2/a/manifests/out"));
    }

    [Fact]
    public async Task Docker_types_are_kept_as_they_are()
    {
        SampleImage image = SampleImage.Create();
        ImageManifest parsed = JsonSerializer.Deserialize(image.Manifest, OciJson.Default.ImageManifest)!;
        byte[] manifest = JsonSerializer.SerializeToUtf8Bytes(parsed with { MediaType = MediaTypes.DockerManifest }, OciJson.Default.ImageManifest);
        await _registry.PushBlobAsync("a", image.Config);
        await _registry.PushBlobAsync("a", image.Layer);
        using HttpResponseMessage put = await _registry.PutManifestAsync("a", "t", manifest, MediaTypes.DockerManifest);
        Assert.Equal(HttpStatusCode.Created, put.StatusCode);
        using HttpResponseMessage got = await _registry.Http.GetAsync("/v2/a/manifests/t");
        Assert.Equal(MediaTypes.DockerManifest, Header(got, "Content-Type"));
    }

    [Fact]
    public async Task A_type_that_the_content_denies_is_refused()
    {
        SampleImage image = SampleImage.Create();
        await _registry.PushBlobAsync("a", image.Config);
        await _registry.PushBlobAsync("a", image.Layer);
        foreach (string mediaType in (string[])[MediaTypes.DockerManifest, MediaTypes.OciIndex, "text/html"])
        {
            using HttpResponseMessage put = await _registry.PutManifestAsync("a", "t", image.Manifest, mediaType);
            await RegistryAssert.RefusedAsync(HttpStatusCode.BadRequest, "MANIFEST_INVALID", put);
        }
    }

    [Fact]
    public async Task A_deleted_tag_leaves_the_manifest_and_a_deleted_manifest_its_tags_not()
    {
        SampleImage image = SampleImage.Create();
        await _registry.PushAsync("a", image, "one");
        await _registry.PushAsync("a", image, "two");
        using HttpResponseMessage untagged = await _registry.Http.DeleteAsync("/v2/a/manifests/one");
        Assert.Equal(HttpStatusCode.Accepted, untagged.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await _registry.Http.GetAsync("/v2/a/manifests/one")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await _registry.Http.GetAsync($"/v2/a/manifests/{image.Digest}")).StatusCode);

        using HttpResponseMessage deleted = await _registry.Http.DeleteAsync($"/v2/a/manifests/{image.Digest}");
        Assert.Equal(HttpStatusCode.Accepted, deleted.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await _registry.Http.GetAsync("/v2/a/manifests/two")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await _registry.Http.GetAsync($"/v2/a/manifests/{image.Digest}")).StatusCode);
        using HttpResponseMessage again = await _registry.Http.DeleteAsync($"/v2/a/manifests/{image.Digest}");
        await RegistryAssert.RefusedAsync(HttpStatusCode.NotFound, "MANIFEST_UNKNOWN", again);
    }

    [Fact]
    public async Task Where_deletion_is_disabled_nothing_is_deleted()
    {
        SampleImage image = SampleImage.Create();
        await _registry.PushAsync("a", image, "t");
        await _registry.RestartAsync(options => options with { RefusesDeletion = true });

        foreach (string path in (string[])["manifests/t", $"manifests/{image.Digest}", $"blobs/{image.LayerDigest}"])
        {
            using HttpResponseMessage response = await _registry.Http.DeleteAsync($"/v2/a/{path}");
            await RegistryAssert.RefusedAsync(HttpStatusCode.MethodNotAllowed, "UNSUPPORTED", response);
        }

        Assert.Equal(HttpStatusCode.OK, (await _registry.Http.GetAsync("/v2/a/manifests/t")).StatusCode);
        await _registry.PushAsync("a", SampleImage.Create(), "u");
    }

    [Fact]
    public async Task A_read_only_registry_takes_nothing_and_gives_all()
    {
        SampleImage image = SampleImage.Create();
        await _registry.PushAsync("a", image, "t");
        await _registry.RestartAsync(options => options with { IsReadOnly = true });

        using HttpResponseMessage upload = await _registry.SendAsync(HttpMethod.Post, "/v2/a/blobs/uploads/", []);
        await RegistryAssert.RefusedAsync(HttpStatusCode.MethodNotAllowed, "UNSUPPORTED", upload);
        using HttpResponseMessage put = await _registry.PutManifestAsync("a", "u", image.Manifest);
        await RegistryAssert.RefusedAsync(HttpStatusCode.MethodNotAllowed, "UNSUPPORTED", put);
        using HttpResponseMessage delete = await _registry.Http.DeleteAsync("/v2/a/manifests/t");
        await RegistryAssert.RefusedAsync(HttpStatusCode.MethodNotAllowed, "UNSUPPORTED", delete);
        Assert.Equal(image.Manifest, await _registry.Http.GetByteArrayAsync("/v2/a/manifests/t"));
    }

    [Fact]
    public async Task A_damaged_manifest_is_an_error_and_no_content()
    {
        SampleImage image = SampleImage.Create();
        await _registry.PushAsync("a", image, "t");
        string path = Directory.EnumerateFiles(Path.Combine(_registry.Root, "repositories", "a", "manifests")).Single();
        byte[] bytes = await File.ReadAllBytesAsync(path);
        bytes[^1] ^= 1;
        await File.WriteAllBytesAsync(path, bytes);

        using HttpResponseMessage response = await _registry.Http.GetAsync("/v2/a/manifests/t");
        await RegistryAssert.RefusedAsync(HttpStatusCode.InternalServerError, "UNKNOWN", response);
    }

    private static byte[] Padded(byte[] manifest, int size) => [.. manifest, .. Enumerable.Repeat((byte)' ', size - manifest.Length)];

    private static byte[] Index(Digest digest, int size, string mediaType) => Encoding.UTF8.GetBytes(
        $$"""{"schemaVersion":2,"mediaType":"{{MediaTypes.OciIndex}}","manifests":[{"mediaType":"{{mediaType}}","digest":"{{digest}}","size":{{size}}}]}""");
}
