using System.Net;
using System.Text;
using Berth.Api;
using Berth.Daemon.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Berth.Daemon.Tests.Http;

public sealed class JsonBodiesTests
{
    [Theory]
    [InlineData("{\"Name\": ", "application/json", "invalid JSON: ")]
    [InlineData("{\"Name\": 5}", "application/json", "invalid JSON: ")]
    [InlineData("[]", "application/json", "invalid JSON: ")]
    [InlineData("   ", "application/json", "invalid JSON: got EOF while reading request body")]
    [InlineData("{} {}", "application/json", "unexpected content after JSON")]
    [InlineData("{}", "text/plain", "unsupported Content-Type header (text/plain): must be 'application/json'")]
    [InlineData("{}", "", "malformed Content-Type header (): mime: no media type")]
    public async Task A_body_that_is_no_document_is_refused_in_dockerds_words(string body, string contentType, string message)
    {
        await using ScratchServer server = await StartAsync();
        using HttpClient client = server.Client();

        using HttpResponseMessage response = await client.PostAsync("/volume", Content(body, contentType));

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.StartsWith($"{{\"message\":\"{message}", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"Name\":\"a\"}", "application/json", "a")]
    [InlineData("{\"name\":\"a\",\"Unknown\":[1]}\r\n", "application/json; charset=utf-8", "a")]
    [InlineData("{\"Name\":null}", "APPLICATION/JSON", "")]
    [InlineData("null", "application/json", "none")]
    [InlineData("", "", "none")]
    public async Task A_body_is_read_as_leniently_as_go_reads_it(string body, string contentType, string name)
    {
        await using ScratchServer server = await StartAsync();
        using HttpClient client = server.Client();

        using HttpResponseMessage response = await client.PostAsync("/volume", Content(body, contentType));

        Assert.Equal(name, await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_document_of_several_megabytes_is_read_and_a_longer_one_refused()
    {
        await using ScratchServer server = await StartAsync();
        using HttpClient client = server.Client();

        using HttpResponseMessage fits = await client.PostAsync("/volume", Content($"{{\"Name\":\"{new string('x', 4 << 20)}\"}}", "application/json"));
        using HttpResponseMessage tooLong = await client.PostAsync("/volume", Content($"{{\"Name\":\"{new string('x', 17 << 20)}\"}}", "application/json"));

        Assert.Equal(4 << 20, (await fits.Content.ReadAsStringAsync()).Length);
        Assert.Equal(HttpStatusCode.BadRequest, tooLong.StatusCode);
        Assert.Equal("{\"message\":\"request body is longer than 16777216 bytes\"}\n", await tooLong.Content.ReadAsStringAsync());
    }

    private static Task<ScratchServer> StartAsync() => ScratchServer.StartAsync(routes => routes.MapPost("/volume", async context =>
    {
        Api.Volumes.VolumeCreateRequest? request = await context.Request.ReadJsonAsync(ApiJson.Default.VolumeCreateRequest);
        await context.Response.WriteAsync(request?.Name ?? "none");
    }));

    private static ByteArrayContent Content(string body, string contentType)
    {
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        if (contentType.Length > 0)
        {
            content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        }

        return content;
    }
}
