using System.Net;
using Berth.Daemon.Http;
using Berth.Engine;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Berth.Daemon.Tests.Http;

public sealed class ApiVersionRoutingTests
{
    [Theory]
    [InlineData("/v1.47/containers/json", "1.47", "/containers/json")]
    [InlineData("/v1.24/_ping", "1.24", "/_ping")]
    [InlineData("/v1/info", "1", "/info")]
    public void A_version_is_cut_off_the_path(string path, string version, string rest)
    {
        Assert.True(ApiVersionRouting.TrySplit(path, out string? found, out string left));
        Assert.Equal((version, rest), (found, left));
    }

    [Theory]
    [InlineData("/volumes")]
    [InlineData("/version")]
    [InlineData("/vx/containers/json")]
    [InlineData("/v1.47")]
    [InlineData("/v/containers/json")]
    [InlineData("/v1.47-rc1/info")]
    public void What_is_no_version_stays(string path)
    {
        Assert.False(ApiVersionRouting.TrySplit(path, out _, out string left));
        Assert.Equal(path, left);
    }

    [Theory]
    [InlineData("1.23", "client version 1.23 is too old. Minimum supported API version is 1.24, please upgrade your client to a newer version")]
    [InlineData("1", "client version 1 is too old. Minimum supported API version is 1.24, please upgrade your client to a newer version")]
    [InlineData("1.99", "client version 1.99 is too new. Maximum supported API version is 1.56")]
    [InlineData("2.0", "client version 2.0 is too new. Maximum supported API version is 1.56")]
    public void A_version_out_of_range_is_refused(string version, string message)
    {
        EngineException refusal = Assert.Throws<EngineException>(() => ApiVersionRouting.Parse(version));
        Assert.Equal((ErrorKind.InvalidParameter, message), (refusal.Kind, refusal.Message));
    }

    [Fact]
    public async Task Every_reply_names_the_newest_version_and_the_daemon()
    {
        await using ScratchServer server = await ScratchServer.StartAsync();
        using HttpClient client = server.Client();

        foreach (string path in (string[])["/_ping", "/v1.30/_ping", "/nowhere", "/v1.99/info", "/v1.44/swarm"])
        {
            using HttpResponseMessage response = await client.GetAsync(path);
            Assert.Equal("1.56", Assert.Single(response.Headers.GetValues("Api-Version")));
            Assert.Equal("false", Assert.Single(response.Headers.GetValues("Docker-Experimental")));
            Assert.Equal("linux", Assert.Single(response.Headers.GetValues("Ostype")));
            Assert.Matches("^Berth/\\d+\\.\\d+\\.\\d+ \\(linux\\)$", response.Headers.Server.ToString());
        }
    }

    [Fact]
    public async Task Requests_without_a_version_speak_the_newest()
    {
        await using ScratchServer server = await ScratchServer.StartAsync(routes =>
            routes.MapGet("/which", context => context.Response.WriteAsync(context.ApiVersion().ToString())));
        using HttpClient client = server.Client();

        Assert.Equal("1.56", await client.GetStringAsync("/which"));
        Assert.Equal("1.25", await client.GetStringAsync("/v1.25/which"));
    }

    [Theory]
    [InlineData("GET", "/nowhere")]
    [InlineData("GET", "/v1.47/nowhere")]
    [InlineData("GET", "/vx/info")]
    [InlineData("DELETE", "/info")]
    [InlineData("PUT", "/containers/json")]
    public async Task What_is_not_there_is_a_page_not_found(string method, string path)
    {
        await using ScratchServer server = await ScratchServer.StartAsync();
        using HttpClient client = server.Client();

        using HttpResponseMessage response = await client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal("{\"message\":\"page not found\"}\n", await response.Content.ReadAsStringAsync());
    }
}
