using System.Net;
using Berth.Api;
using Berth.Api.Containers;

namespace Berth.Client.Tests.Client;

public sealed class BerthClientTests
{
    private static BerthClient Connect(FakeDaemon daemon, BerthClientOptions? options = null) => new(DockerHost.Parse(daemon.Address), options);

    private static CannedAnswer? List(SeenRequest request) => request.Path == "/containers/json" ? new CannedAnswer { Body = "[]" } : null;

    [Theory]
    [InlineData("1.41", "/v1.41/containers/json")]
    [InlineData("1.99", "/v1.56/containers/json")]
    [InlineData("", "/v1.24/containers/json")]
    public async Task The_newest_version_that_both_know_is_spoken(string theirs, string expected)
    {
        await using var daemon = new FakeDaemon(List, theirs);
        using BerthClient client = Connect(daemon);
        client.ListContainers();
        Assert.Equal(expected, daemon.Seen[^1].Target);
    }

    [Fact]
    public async Task A_fixed_version_needs_no_ping()
    {
        await using var daemon = new FakeDaemon(List);
        using BerthClient client = Connect(daemon, new BerthClientOptions { ApiVersion = new ApiVersion(1, 45) });
        client.ListContainers();
        Assert.Equal(["/v1.45/containers/json"], daemon.Seen.Select(request => request.Target));
    }

    [Fact]
    public async Task Requests_that_follow_each_other_share_a_connection()
    {
        await using var daemon = new FakeDaemon(List);
        using BerthClient client = Connect(daemon);
        client.ListContainers();
        client.StartContainer("a");
        client.ListContainers();
        Assert.Equal([1], daemon.Seen.Select(request => request.Connection).Distinct());
    }

    [Fact]
    public async Task A_connection_that_the_daemon_closed_is_replaced()
    {
        await using var daemon = new FakeDaemon(request => request.Path == "/_ping"
            ? new CannedAnswer { Body = "OK", Hangs = true } : List(request));
        using BerthClient client = Connect(daemon);
        Assert.Empty(client.ListContainers());
        Assert.Equal([1, 2], daemon.Seen.Select(request => request.Connection).Distinct());
    }

    [Fact]
    public async Task A_refusal_keeps_status_and_sentence()
    {
        await using var daemon = new FakeDaemon(request => request.Path == "/_ping" ? null
            : new CannedAnswer { Status = 409, Body = """{"message":"Conflict. The name is in use"}""" });
        using BerthClient client = Connect(daemon);
        ApiException refusal = Assert.Throws<ApiException>(() => client.RenameContainer("a", "b"));
        Assert.Equal((HttpStatusCode.Conflict, "Conflict. The name is in use", false), (refusal.Status, refusal.Message, refusal.IsNotFound));
    }

    [Theory]
    [InlineData("text/plain", "plain words\n", "plain words")]
    [InlineData("application/json", "not json", "not json")]
    public async Task A_refusal_that_is_no_json_is_taken_as_it_is(string type, string body, string expected)
    {
        await using var daemon = new FakeDaemon(request => request.Path == "/_ping" ? null
            : new CannedAnswer { Status = 500, ContentType = type, Body = body });
        using BerthClient client = Connect(daemon);
        Assert.Equal(expected, Assert.Throws<ApiException>(() => client.KillContainer("a")).Message);
    }

    [Fact]
    public async Task An_empty_refusal_names_the_route()
    {
        await using var daemon = new FakeDaemon(request => request.Path == "/_ping" ? null : new CannedAnswer { Status = 404 });
        using BerthClient client = Connect(daemon);
        Assert.Contains("/v1.50/containers/a/kill", Assert.Throws<ApiException>(() => client.KillContainer("a")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_nobody_listens_the_sentence_is_dockers()
    {
        using var client = new BerthClient(DockerHost.Unix("/nonexistent/docker.sock"));
        Assert.Equal("Cannot connect to the Docker daemon at unix:///nonexistent/docker.sock. Is the docker daemon running?",
            Assert.Throws<DaemonUnreachableException>(() => client.ListContainers()).Message);
    }

    [Fact]
    public async Task An_answer_that_breaks_off_is_no_answer()
    {
        await using var daemon = new FakeDaemon(request => new CannedAnswer { Hijack = stream => stream.WriteAsync("half"u8.ToArray()).AsTask() });
        using BerthClient client = Connect(daemon, new BerthClientOptions { ApiVersion = new ApiVersion(1, 50) });
        Assert.ThrowsAny<Exception>(() => client.ListContainers());
    }

    [Fact]
    public async Task Progress_comes_line_by_line_however_it_is_cut()
    {
        string[] chunks = ["{\"status\":\"a\"}\r\n{\"sta", "tus\":\"b\",\"id\":\"é", "\"}", "\r\n", "{\"status\":\"c\"}{\"status\":\"d\"}\n\n"];
        await using var daemon = new FakeDaemon(request => request.Path == "/images/create" ? new CannedAnswer { Chunks = chunks } : null);
        using BerthClient client = Connect(daemon);
        Assert.Equal(["a", "b", "c", "d"], client.PullImage("x", "y").Select(message => message.Status));
        client.StartContainer("same-connection");
        Assert.Equal([1], daemon.Seen.Select(request => request.Connection).Distinct());
    }

    [Fact]
    public async Task Progress_that_breaks_off_is_a_failure()
    {
        await using var daemon = new FakeDaemon(request => request.Path == "/images/create" ? new CannedAnswer { Chunks = ["{\"status\":"] } : null);
        using BerthClient client = Connect(daemon);
        Assert.Throws<EndOfStreamException>(() => client.PullImage("x", "y").Count());
    }

    [Fact]
    public async Task A_streamed_body_goes_in_chunks()
    {
        byte[] archive = new byte[200_000];
        new Random(1).NextBytes(archive);
        string text = Convert.ToBase64String(archive);
        await using var daemon = new FakeDaemon(request => request.Path == "/images/create" ? new CannedAnswer { Body = """{"status":"sha256:x"}""" } : null);
        using BerthClient client = Connect(daemon);
        using var source = new MemoryStream(System.Text.Encoding.ASCII.GetBytes(text));
        Assert.Single(client.ImportImage(new ImportOptions { Repository = "a", Changes = ["CMD x", "ENV a=b"] }, source));
        SeenRequest seen = daemon.Single("POST", "/images/create");
        Assert.Equal(text, seen.Body);
        Assert.Equal("chunked", seen.Headers["Transfer-Encoding"]);
        Assert.Contains("changes=CMD%20x&changes=ENV%20a%3Db", seen.Target, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_attachment_is_duplex_and_its_input_ends_by_itself()
    {
        await using var daemon = new FakeDaemon(request => request.Path == "/containers/a/attach"
            ? new CannedAnswer { Status = 101, ContentType = "application/vnd.docker.multiplexed-stream", Hijack = EchoToTheEndAsync } : null);
        using BerthClient client = Connect(daemon);
        using HijackedStream stream = client.AttachContainer("a", new AttachOptions { Stdin = true, Stdout = true, DetachKeys = "ctrl-x" });
        Assert.True(stream.IsMultiplexed);
        stream.Write("hello"u8);
        stream.CloseWrite();
        using var reader = new StreamReader(stream);
        Assert.Equal("hello|end", reader.ReadToEnd());
        SeenRequest seen = daemon.Single("POST", "/containers/a/attach");
        Assert.Equal(("Upgrade", "tcp"), (seen.Headers["Connection"], seen.Headers["Upgrade"]));
        Assert.EndsWith("?detachKeys=ctrl-x&stdin=1&stdout=1&stream=1", seen.Target, StringComparison.Ordinal);
    }

    private static async Task EchoToTheEndAsync(Stream stream)
    {
        byte[] buffer = new byte[1024];
        int read;
        while ((read = await stream.ReadAsync(buffer)) > 0)
        {
            await stream.WriteAsync(buffer.AsMemory(0, read));
        }

        await stream.WriteAsync("|end"u8.ToArray());
    }

    [Fact]
    public async Task A_304_says_that_nothing_was_to_do()
    {
        await using var daemon = new FakeDaemon(request => request.Path == "/_ping" ? null : new CannedAnswer { Status = 304 });
        using BerthClient client = Connect(daemon);
        Assert.False(client.StartContainer("a"));
        Assert.False(client.StopContainer("a"));
    }

    [Fact]
    public async Task Names_and_queries_are_escaped()
    {
        await using var daemon = new FakeDaemon(request => request.Path == "/_ping" ? null : new CannedAnswer { Body = "{}" });
        using BerthClient client = Connect(daemon);
        client.InspectContainer("a/../b?c");
        client.InspectImageRaw("reg:5000/a/b:c@sha256:d");
        client.CreateContainer(new ContainerCreateRequest { Image = "x" }, new CreateOptions { Name = "a&b", Platform = "linux/arm64" });
        Assert.Equal(["/v1.50/containers/a%2F..%2Fb%3Fc/json", "/v1.50/images/reg:5000/a/b:c@sha256:d/json",
            "/v1.50/containers/create?name=a%26b&platform=linux%2Farm64"], daemon.Seen.Skip(1).Select(request => request.Target));
    }

    [Fact]
    public async Task Headers_of_the_configuration_go_with_every_request()
    {
        await using var daemon = new FakeDaemon(List);
        using BerthClient client = Connect(daemon, new BerthClientOptions
        {
            Headers = new Dictionary<string, string> { ["X-Meta"] = "1" },
            UserAgent = "test",
        });
        client.ListContainers();
        Assert.All(daemon.Seen, request => Assert.Equal(("1", "test"), (request.Headers["X-Meta"], request.Headers["User-Agent"])));
    }

    [Fact]
    public async Task A_wait_is_registered_before_it_is_answered()
    {
        var exit = new TaskCompletionSource();
        await using var daemon = new FakeDaemon(request => request.Path == "/containers/a/wait"
            ? new CannedAnswer
            {
                Hijack = async stream =>
                {
                    await exit.Task;
                    await stream.WriteAsync("{\"StatusCode\":7}\n"u8.ToArray());
                },
            }
            : null);
        using BerthClient client = Connect(daemon);
        using PendingWait wait = client.BeginWait("a", "next-exit");
        client.StartContainer("a"); // on another connection, while the first waits
        exit.SetResult();
        Assert.Equal(7, wait.Result().StatusCode);
    }
}
