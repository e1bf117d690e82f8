using System.Net;
using System.Text.Json;

namespace Berth.Daemon.Tests.Endpoints;

public sealed class SystemEndpointsTests
{
    [Fact]
    public async Task A_ping_says_what_clients_negotiate_by()
    {
        await using ScratchServer server = await ScratchServer.StartAsync();
        using HttpClient client = server.Client();

        using HttpResponseMessage response = await client.GetAsync("/_ping");

        Assert.Equal("OK", await response.Content.ReadAsStringAsync());
        Assert.Equal("text/plain; charset=utf-8", response.Content.Headers.ContentType?.ToString());
        Assert.Equal("1", Assert.Single(response.Headers.GetValues("Builder-Version")));
        Assert.Equal("inactive", Assert.Single(response.Headers.GetValues("Swarm")));
        Assert.Equal("no-cache", Assert.Single(response.Headers.GetValues("Pragma")));
        Assert.Contains("no-store", response.Headers.GetValues("Cache-Control").Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_ping_by_head_has_no_body()
    {
        await using ScratchServer server = await ScratchServer.StartAsync();
        using RawConnection client = await RawConnection.OpenAsync(server);

        await client.SendAsync("HEAD /v1.40/_ping HTTP/1.1\r\nHost: d\r\nConnection: close\r\n\r\n");
        string head = await client.ReadHeadAsync();

        Assert.StartsWith("HTTP/1.1 200 OK\r\n", head, StringComparison.Ordinal);
        Assert.Contains("\r\nContent-Length: 0\r\n", head, StringComparison.Ordinal);
        Assert.Equal("", await client.ReadToEndAsync());
    }

    [Fact]
    public async Task The_version_names_the_engine_and_the_api()
    {
        await using ScratchServer server = await ScratchServer.StartAsync();
        using HttpClient client = server.Client();

        using JsonDocument version = JsonDocument.Parse(await client.GetStringAsync("/v1.47/version"));
        JsonElement root = version.RootElement;

        Assert.Equal("1.56", root.GetProperty("ApiVersion").GetString());
        Assert.Equal("1.24", root.GetProperty("MinAPIVersion").GetString());
        Assert.Equal("linux", root.GetProperty("Os").GetString());
        Assert.Equal(File.ReadAllText("/proc/sys/kernel/osrelease").Trim(), root.GetProperty("KernelVersion").GetString());
        JsonElement engine = root.GetProperty("Components")[0];
        Assert.Equal("Engine", engine.GetProperty("Name").GetString());
        Assert.Equal(root.GetProperty("Version").GetString(), engine.GetProperty("Version").GetString());
        Assert.Equal("1.56", engine.GetProperty("Details").GetProperty("ApiVersion").GetString());
    }

    [Theory]
    [InlineData("GET", "/containers/x/stats", 501, "This daemon does not serve resource statistics.")]
    [InlineData("PUT", "/containers/x/archive?path=/", 501, "This daemon does not serve copying from and to containers.")]
    [InlineData("POST", "/build", 501, "This daemon does not serve building images.")]
    [InlineData("GET", "/images/registry:5000/team/app/get", 501, "This daemon does not serve saving images.")]
    [InlineData("GET", "/swarm", 503, "This node is not a swarm manager.")]
    [InlineData("GET", "/services", 503, "This node is not a swarm manager.")]
    [InlineData("POST", "/swarm/leave", 503, "This node is not part of a swarm")]
    [InlineData("PUT", "/volumes/x?version=1", 503, "volume update only valid for cluster volumes, but swarm is unavailable")]
    [InlineData("GET", "/plugins/a/b/json", 404, "plugin \\\"a/b\\\" not found")]
    [InlineData("POST", "/containers/create", 400, "config cannot be empty in order to create a container")]
    [InlineData("POST", "/containers/x/exec", 400, "No exec command specified")]
    [InlineData("GET", "/containers/x/logs", 400, "Bad parameters: you must choose at least one stream")]
    [InlineData("POST", "/containers/x/wait?condition=never", 400, "invalid condition: \\\"never\\\"")]
    [InlineData("POST", "/containers/x/resize?h=1", 400, "invalid resize width \\\"\\\": invalid syntax")]
    [InlineData("GET", "/containers/json?filters=x", 400, "invalid filter")]
    [InlineData("GET", "/volumes?filters=x", 400, "error reading volume filters: invalid filter")]
    [InlineData("GET", "/events?since=2&until=1", 400, "`since` time (2) cannot be after `until` time (1)")]
    [InlineData("GET", "/networks/x?verbose=maybe", 400, "invalid value for verbose: maybe: strconv.ParseBool: parsing \\\"maybe\\\": invalid syntax")]
    [InlineData("GET", "/images/a/json?manifests=1&platform=%7B%22os%22%3A%22linux%22%2C%22architecture%22%3A%22amd64%22%7D", 400, "conflicting options: manifests and platform options cannot both be set")]
    public async Task What_cannot_be_served_is_refused_in_a_sentence(string method, string path, int status, string message)
    {
        await using ScratchServer server = await ScratchServer.StartAsync();
        using HttpClient client = server.Client();

        using HttpResponseMessage response = await client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));

        Assert.Equal(status, (int)response.StatusCode);
        Assert.StartsWith($"{{\"message\":\"{message}", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task There_are_no_plugins()
    {
        await using ScratchServer server = await ScratchServer.StartAsync();
        using HttpClient client = server.Client();

        Assert.Equal("[]\n", await client.GetStringAsync("/plugins"));
        using HttpResponseMessage options = await client.SendAsync(new HttpRequestMessage(HttpMethod.Options, "/anything"));
        Assert.Equal(HttpStatusCode.OK, options.StatusCode);
    }
}
