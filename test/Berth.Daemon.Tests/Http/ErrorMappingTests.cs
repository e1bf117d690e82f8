using System.Net;
using Berth.Engine;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Berth.Daemon.Tests.Http;

public sealed class ErrorMappingTests
{
    [Theory]
    [InlineData("NotFound", 404)]
    [InlineData("InvalidParameter", 400)]
    [InlineData("Conflict", 409)]
    [InlineData("Unauthorized", 401)]
    [InlineData("Forbidden", 403)]
    [InlineData("NotImplemented", 501)]
    [InlineData("Unavailable", 503)]
    [InlineData("System", 500)]
    public async Task A_kind_becomes_a_status_with_its_sentence(string kind, int status)
    {
        await using ScratchServer server = await ScratchServer.StartAsync(routes => routes.MapGet("/fail", _ =>
            throw new EngineException(Enum.Parse<ErrorKind>(kind), "No such thing: <a> & \"b\"")));
        using HttpClient client = server.Client();

        using HttpResponseMessage response = await client.GetAsync("/fail");

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal("application/json", response.Content.Headers.ContentType?.ToString());
        Assert.Equal("{\"message\":\"No such thing: <a> & \\\"b\\\"\"}\n", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Nothing_to_do_is_304_without_a_body()
    {
        await using ScratchServer server = await ScratchServer.StartAsync(routes => routes.MapPost("/idle", _ =>
            throw new EngineException(ErrorKind.NotModified, "")));
        using HttpClient client = server.Client();

        using HttpResponseMessage response = await client.PostAsync("/idle", null);

        Assert.Equal(HttpStatusCode.NotModified, response.StatusCode);
        Assert.Equal("", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task An_error_of_ours_is_500_and_logged()
    {
        await using ScratchServer server = await ScratchServer.StartAsync(routes => routes.MapGet("/bug", _ =>
            throw new InvalidOperationException("it broke")));
        using HttpClient client = server.Client();

        using HttpResponseMessage response = await client.GetAsync("/bug");

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.Equal("{\"message\":\"it broke\"}\n", await response.Content.ReadAsStringAsync());
        Assert.Contains(server.Log.Lines, line => line == "Error: GET /bug failed it broke");
    }

    [Fact]
    public async Task An_answer_that_breaks_off_is_not_taken_for_whole()
    {
        await using ScratchServer server = await ScratchServer.StartAsync(routes => routes.MapGet("/half", async context =>
        {
            await context.Response.WriteAsync("half");
            await context.Response.BodyWriter.FlushAsync();
            throw new EngineException(ErrorKind.System, "the disk is gone");
        }));
        using HttpClient client = server.Client();

        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetStringAsync("/half"));
    }
}
