using System.Net;
using System.Security.Cryptography;
using Berth.Oci;
using static Berth.Registry.Tests.RegistryUnderTest;

namespace Berth.Registry.Tests.Endpoints;

public sealed class UploadTests : IAsyncLifetime
{
    private readonly byte[] _content = RandomNumberGenerator.GetBytes(100_000);
    private RegistryUnderTest _registry = null!;

    private Digest Digest => Digest.Of(_content);

    public async ValueTask InitializeAsync() => _registry = await StartAsync();

    public ValueTask DisposeAsync() => _registry.DisposeAsync();

    [Fact]
    public async Task A_blob_is_pushed_by_one_post()
    {
        using HttpResponseMessage response = await _registry.SendAsync(HttpMethod.Post, $"/v2/a/blobs/uploads/?digest={Digest}", _content);
        await AssertStoredAsync(response);
    }

    [Fact]
    public async Task A_blob_is_pushed_by_post_and_put()
    {
        string location = await _registry.BeginUploadAsync("a");
        using HttpResponseMessage response = await _registry.SendAsync(HttpMethod.Put, $"{location}?digest={Digest}", _content);
        await AssertStoredAsync(response);
    }

    [Fact]
    public async Task A_blob_is_pushed_by_a_stream_of_unknown_length()
    {
        string location = await _registry.BeginUploadAsync("a");
        using var request = new HttpRequestMessage(HttpMethod.Patch, location) { Content = new StreamContent(new MemoryStream(_content)) };
        request.Headers.TransferEncodingChunked = true;
        using HttpResponseMessage patched = await _registry.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.Accepted, patched.StatusCode);
        Assert.Equal("0-99999", Header(patched, "Range"));

        using HttpResponseMessage response = await _registry.SendAsync(HttpMethod.Put, $"{Header(patched, "Location")}?digest={Digest}", []);
        await AssertStoredAsync(response);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_blob_is_pushed_in_chunks(bool lastInPut)
    {
        string location = await _registry.BeginUploadAsync("a");
        location = await PatchAsync(location, 0, 39_999);
        location = await PatchAsync(location, 40_000, 79_999);
        if (!lastInPut)
        {
            location = await PatchAsync(location, 80_000, 99_999);
        }

        using HttpResponseMessage response = lastInPut
            ? await _registry.SendAsync(HttpMethod.Put, $"{location}?digest={Digest}", _content[80_000..], ("Content-Range", "80000-99999"))
            : await _registry.SendAsync(HttpMethod.Put, $"{location}?digest={Digest}", []);
        await AssertStoredAsync(response);
    }

    [Fact]
    public async Task A_chunk_out_of_order_is_416_and_the_upload_goes_on()
    {
        string location = await _registry.BeginUploadAsync("a");
        location = await PatchAsync(location, 0, 999);
        foreach (string range in (string[])["2000-2999", "0-999"])
        {
            using HttpResponseMessage refused = await _registry.SendAsync(HttpMethod.Patch, location, _content[..1000], ("Content-Range", range));
            Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, refused.StatusCode);
        }

        using HttpResponseMessage status = await _registry.Http.GetAsync(location);
        Assert.Equal(HttpStatusCode.NoContent, status.StatusCode);
        Assert.Equal("0-999", Header(status, "Range"));

        location = await PatchAsync(Header(status, "Location"), 1000, 99_999);
        using HttpResponseMessage response = await _registry.SendAsync(HttpMethod.Put, $"{location}?digest={Digest}", []);
        await AssertStoredAsync(response);
    }

    [Fact]
    public async Task A_last_chunk_out_of_order_in_the_put_is_416()
    {
        string location = await PatchAsync(await _registry.BeginUploadAsync("a"), 0, 999);
        using HttpResponseMessage refused = await _registry.SendAsync(
            HttpMethod.Put, $"{location}?digest={Digest}", _content[5000..], ("Content-Range", "5000-99999"));
        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, refused.StatusCode);
    }

    [Fact]
    public async Task A_chunk_of_another_length_than_its_range_is_taken_back()
    {
        string location = await PatchAsync(await _registry.BeginUploadAsync("a"), 0, 999);
        using HttpResponseMessage refused = await _registry.SendAsync(HttpMethod.Patch, location, _content[1000..1500], ("Content-Range", "1000-1999"));
        await RegistryAssert.RefusedAsync(HttpStatusCode.BadRequest, "SIZE_INVALID", refused);

        location = await PatchAsync(location, 1000, 99_999);
        using HttpResponseMessage response = await _registry.SendAsync(HttpMethod.Put, $"{location}?digest={Digest}", []);
        await AssertStoredAsync(response);
    }

    [Theory]
    [InlineData("post")]
    [InlineData("put")]
    [InlineData("stream")]
    [InlineData("chunk")]
    [InlineData("last chunk")]
    public async Task A_wrong_digest_is_refused_and_nothing_is_stored(string way)
    {
        var wrong = Digest.Of("something else"u8);
        using HttpResponseMessage response = way switch
        {
            "post" => await _registry.SendAsync(HttpMethod.Post, $"/v2/a/blobs/uploads/?digest={wrong}", _content),
            "put" => await _registry.SendAsync(HttpMethod.Put, $"{await _registry.BeginUploadAsync("a")}?digest={wrong}", _content),
            "stream" => await _registry.SendAsync(HttpMethod.Put, $"{await StreamAsync()}?digest={wrong}", []),
            "chunk" => await _registry.SendAsync(
                HttpMethod.Put, $"{await PatchAsync(await _registry.BeginUploadAsync("a"), 0, 99_999)}?digest={wrong}", []),
            _ => await _registry.SendAsync(
                HttpMethod.Put, $"{await PatchAsync(await _registry.BeginUploadAsync("a"), 0, 999)}?digest={wrong}", _content[1000..], ("Content-Range", "1000-99999")),
        };

        await RegistryAssert.RefusedAsync(HttpStatusCode.BadRequest, "DIGEST_INVALID", response);
        Assert.Equal(HttpStatusCode.NotFound, (await _registry.Http.GetAsync($"/v2/a/blobs/{wrong}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await _registry.Http.GetAsync($"/v2/a/blobs/{Digest}")).StatusCode);
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(_registry.Root, "uploads")));
    }

    [Theory]
    [InlineData("/v2/a/blobs/uploads/?digest=md5:d41d8cd98f00b204e9800998ecf8427e")]
    [InlineData("/v2/a/blobs/uploads/?digest-algorithm=md5")]
    [InlineData("/v2/a/blobs/uploads/?mount=sha256:zz&from=b")]
    public async Task An_algorithm_or_digest_that_cannot_be_verified_is_refused(string path)
    {
        using HttpResponseMessage response = await _registry.SendAsync(HttpMethod.Post, path, []);
        await RegistryAssert.RefusedAsync(HttpStatusCode.BadRequest, "DIGEST_INVALID", response);
    }

    [Fact]
    public async Task A_put_without_digest_is_refused_and_the_upload_goes_on()
    {
        string location = await _registry.BeginUploadAsync("a");
        using HttpResponseMessage refused = await _registry.SendAsync(HttpMethod.Put, location, _content);
        await RegistryAssert.RefusedAsync(HttpStatusCode.BadRequest, "DIGEST_INVALID", refused);
        using HttpResponseMessage response = await _registry.SendAsync(HttpMethod.Put, $"{location}?digest={Digest}", _content);
        await AssertStoredAsync(response);
    }

    [Theory]
    [InlineData("")]
    [InlineData("?digest-algorithm=sha512")]
    public async Task Sha512_works_from_end_to_end(string query)
    {
        var digest = Digest.FromSha512(SHA512.HashData(_content));
        string location = await _registry.BeginUploadAsync("a", query);
        using HttpResponseMessage response = await _registry.SendAsync(HttpMethod.Put, $"{location}?digest={digest}", _content);
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Equal(_content, await _registry.Http.GetByteArrayAsync($"/v2/a/blobs/{digest}"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    public async Task The_smallest_blobs_are_accepted(string text)
    {
        byte[] content = System.Text.Encoding.UTF8.GetBytes(text);
        await _registry.PushBlobAsync("a", content);
        Assert.Equal(content, await _registry.Http.GetByteArrayAsync($"/v2/a/blobs/{Digest.Of(content)}"));
    }

    [Theory]
    [InlineData("&from=a")]
    [InlineData("")]
    public async Task A_blob_of_another_repository_is_mounted(string from)
    {
        await _registry.PushBlobAsync("a", _content);
        using HttpResponseMessage response = await _registry.SendAsync(HttpMethod.Post, $"/v2/b/blobs/uploads/?mount={Digest}{from}", []);

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Equal(_content, await _registry.Http.GetByteArrayAsync(Header(response, "Location")));
    }

    [Fact]
    public async Task A_mount_of_a_missing_blob_opens_an_upload()
    {
        using HttpResponseMessage response = await _registry.SendAsync(HttpMethod.Post, $"/v2/b/blobs/uploads/?mount={Digest}&from=a", []);
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        using HttpResponseMessage stored = await _registry.SendAsync(HttpMethod.Put, $"{Header(response, "Location")}?digest={Digest}", _content);
        Assert.Equal(HttpStatusCode.Created, stored.StatusCode);
    }

    [Fact]
    public async Task A_cancelled_upload_is_unknown_to_every_request()
    {
        string location = await _registry.BeginUploadAsync("a");
        using HttpResponseMessage cancelled = await _registry.Http.DeleteAsync(location);
        Assert.Equal(HttpStatusCode.NoContent, cancelled.StatusCode);

        foreach (HttpMethod method in (HttpMethod[])[HttpMethod.Get, HttpMethod.Patch, HttpMethod.Put, HttpMethod.Delete])
        {
            using HttpResponseMessage response = await _registry.SendAsync(
                method, method == HttpMethod.Put ? $"{location}?digest={Digest}" : location, method == HttpMethod.Patch ? [1] : null);
            await RegistryAssert.RefusedAsync(HttpStatusCode.NotFound, "BLOB_UPLOAD_UNKNOWN", response);
        }
    }

    [Fact]
    public async Task An_upload_goes_on_after_the_registry_was_restarted()
    {
        string location = await PatchAsync(await _registry.BeginUploadAsync("a"), 0, 49_999);
        await _registry.RestartAsync();

        using HttpResponseMessage status = await _registry.Http.GetAsync(location);
        Assert.Equal("0-49999", Header(status, "Range"));
        location = await PatchAsync(location, 50_000, 99_999);
        using HttpResponseMessage response = await _registry.SendAsync(HttpMethod.Put, $"{location}?digest={Digest}", []);
        await AssertStoredAsync(response);
    }

    [Fact]
    public async Task A_client_that_goes_away_leaves_what_it_sent()
    {
        string location = await _registry.BeginUploadAsync("a");
        using (var client = new System.Net.Sockets.TcpClient())
        {
            await client.ConnectAsync(IPAddress.Loopback, _registry.Address.Port);
            await client.GetStream().WriteAsync(System.Text.Encoding.ASCII.GetBytes(
                $"PATCH {location} HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n"));
            await client.GetStream().WriteAsync(_content.AsMemory(0, 50_000));
        }

        // The next request waits for the turn of the broken one.
        using HttpResponseMessage status = await _registry.Http.GetAsync(location);
        Assert.Equal(HttpStatusCode.NoContent, status.StatusCode);
        long received = long.Parse(Header(status, "Range")[2..], System.Globalization.CultureInfo.InvariantCulture) + 1;
        Assert.InRange(received, 1, 50_000);
        int start = received == 1 ? 0 : (int)received;
        using HttpResponseMessage response = await _registry.SendAsync(
            HttpMethod.Put, $"{location}?digest={Digest}", _content[start..], ("Content-Range", $"{start}-99999"));
        await AssertStoredAsync(response);
    }

    private async Task<string> PatchAsync(string location, int start, int end)
    {
        using HttpResponseMessage response = await _registry.SendAsync(
            HttpMethod.Patch, location, _content[start..(end + 1)], ("Content-Range", $"{start}-{end}"));
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.Equal($"0-{end}", Header(response, "Range"));
        return Header(response, "Location");
    }

    private async Task<string> StreamAsync()
    {
        string location = await _registry.BeginUploadAsync("a");
        using HttpResponseMessage response = await _registry.SendAsync(HttpMethod.Patch, location, _content);
        return Header(response, "Location");
    }

    private async Task AssertStoredAsync(HttpResponseMessage response)
    {
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Equal(Digest.ToString(), Header(response, "Docker-Content-Digest"));
        Assert.Equal(_content, await _registry.Http.GetByteArrayAsync(Header(response, "Location")));
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(_registry.Root, "uploads")));
    }
}
