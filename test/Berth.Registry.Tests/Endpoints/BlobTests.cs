using System.Net;
using Berth.Oci;
using static Berth.Registry.Tests.RegistryUnderTest;

namespace Berth.Registry.Tests.Endpoints;

public sealed class BlobTests : IAsyncLifetime
{
    private readonly byte[] _content = [.. Enumerable.Range(0, 2000).Select(i => (byte)(i * 7))];
    private RegistryUnderTest _registry = null!;

    private string Path => $"/v2/a/b/blobs/{Digest.Of(_content)}";

    public async ValueTask InitializeAsync()
    {
        _registry = await StartAsync();
        await _registry.PushBlobAsync("a/b", _content);
    }

    public ValueTask DisposeAsync() => _registry.DisposeAsync();

    [Fact]
    public async Task Get_returns_the_bytes_with_digest_and_length()
    {
        using HttpResponseMessage response = await _registry.Http.GetAsync(Path);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(_content, await response.Content.ReadAsByteArrayAsync());
        Assert.Equal(_content.Length, response.Content.Headers.ContentLength);
        Assert.Equal(Digest.Of(_content).ToString(), Header(response, "Docker-Content-Digest"));
        Assert.Equal("registry/2.0", Header(response, "Docker-Distribution-API-Version"));
        Assert.Equal("application/octet-stream", Header(response, "Content-Type"));
    }

    [Fact]
    public async Task Head_has_the_length_and_no_body()
    {
        using HttpResponseMessage response = await _registry.SendAsync(HttpMethod.Head, Path);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(_content.Length, response.Content.Headers.ContentLength);
        Assert.Equal(Digest.Of(_content).ToString(), Header(response, "Docker-Content-Digest"));
        Assert.Empty(await response.Content.ReadAsByteArrayAsync());
    }

    [Theory]
    [InlineData("bytes=500-1499", 500, 1499)]
    [InlineData("bytes=500-", 500, 1999)]
    [InlineData("bytes=-500", 1500, 1999)]
    [InlineData("bytes=-5000", 0, 1999)]
    [InlineData("bytes=1500-9999", 1500, 1999)]
    [InlineData("bytes=0-0", 0, 0)]
    public async Task A_range_is_answered_with_that_part(string range, int start, int end)
    {
        using HttpResponseMessage response = await _registry.SendAsync(HttpMethod.Get, Path, null, ("Range", range));

        Assert.Equal(HttpStatusCode.PartialContent, response.StatusCode);
        Assert.Equal($"bytes {start}-{end}/2000", Header(response, "Content-Range"));
        Assert.Equal(_content[start..(end + 1)], await response.Content.ReadAsByteArrayAsync());
    }

    [Theory]
    [InlineData("bytes=500-0")]
    [InlineData("bytes=2000-")]
    [InlineData("bytes=2000-3000")]
    [InlineData("bytes=-0")]
    public async Task A_range_outside_of_the_blob_is_416(string range)
    {
        using HttpResponseMessage response = await _registry.SendAsync(HttpMethod.Get, Path, null, ("Range", range));

        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, response.StatusCode);
        Assert.Equal("bytes */2000", Header(response, "Content-Range"));
    }

    [Theory]
    [InlineData("bytes=0-1,5-6")]
    [InlineData("lines=1-2")]
    [InlineData("bytes=x-2")]
    public async Task A_range_that_is_not_understood_is_the_whole(string range)
    {
        using HttpResponseMessage response = await _registry.SendAsync(HttpMethod.Get, Path, null, ("Range", range));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(_content, await response.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task A_range_of_another_version_is_the_whole()
    {
        using HttpResponseMessage response = await _registry.SendAsync(HttpMethod.Get, Path, null, ("Range", "bytes=5-"), ("If-Range", "\"sha256:other\""));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task Who_has_the_blob_already_is_told_so()
    {
        using HttpResponseMessage response = await _registry.SendAsync(HttpMethod.Get, Path, null, ("If-None-Match", $"\"{Digest.Of(_content)}\""));
        Assert.Equal(HttpStatusCode.NotModified, response.StatusCode);
    }

    [Fact]
    public async Task An_unknown_blob_is_404()
    {
        using HttpResponseMessage response = await _registry.Http.GetAsync($"/v2/a/b/blobs/{Digest.Of("nobody"u8)}");
        await RegistryAssert.RefusedAsync(HttpStatusCode.NotFound, "BLOB_UNKNOWN", response);
    }

    [Theory]
    [InlineData("sha256:short")]
    [InlineData("md5:d41d8cd98f00b204e9800998ecf8427e")]
    [InlineData("nonsense")]
    public async Task What_is_no_digest_is_400(string digest)
    {
        using HttpResponseMessage response = await _registry.Http.GetAsync($"/v2/a/b/blobs/{digest}");
        await RegistryAssert.RefusedAsync(HttpStatusCode.BadRequest, "DIGEST_INVALID", response);
    }

    [Fact]
    public async Task A_blob_is_readable_only_where_it_was_pushed()
    {
        using HttpResponseMessage response = await _registry.Http.GetAsync($"/v2/a/blobs/{Digest.Of(_content)}");
        await RegistryAssert.RefusedAsync(HttpStatusCode.NotFound, "BLOB_UNKNOWN", response);
    }

    [Fact]
    public async Task A_deleted_blob_is_gone()
    {
        using HttpResponseMessage deleted = await _registry.Http.DeleteAsync(Path);
        Assert.Equal(HttpStatusCode.Accepted, deleted.StatusCode);
        using HttpResponseMessage got = await _registry.Http.GetAsync(Path);
        Assert.Equal(HttpStatusCode.NotFound, got.StatusCode);
        using HttpResponseMessage again = await _registry.Http.DeleteAsync(Path);
        await RegistryAssert.RefusedAsync(HttpStatusCode.NotFound, "BLOB_UNKNOWN", again);
    }

    [Fact]
    public async Task A_blob_of_many_chunks_comes_back_whole()
    {
        byte[] large = new byte[3_000_001];
        Random.Shared.NextBytes(large);
        await _registry.PushBlobAsync("a/b", large);
        Assert.Equal(large, await _registry.Http.GetByteArrayAsync($"/v2/a/b/blobs/{Digest.Of(large)}"));
    }
}
