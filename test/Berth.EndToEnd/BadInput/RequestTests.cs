using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Berth.TestHost;
using static Berth.EndToEnd.DockerFixture;

namespace Berth.EndToEnd.BadInput;

/// <summary>Requests that cannot be served: Docker's status, a sentence, and nothing changed.</summary>
public sealed class RequestTests(DockerFixture docker)
{
    [LinuxTheory(Required)]
    [InlineData("POST", "/v1.41/containers/create", "{not json", 400, "invalid")]
    [InlineData("POST", "/v1.41/containers/create", "{\"Image\":\"no/such/image\"}", 404, "No such image: no/such/image")]
    [InlineData("POST", "/v1.41/containers/create", "{\"Image\":\"\"}", 400, "")]
    [InlineData("POST", "/v1.41/containers/create?name=bad%20name", "{\"Image\":\"busybox\"}", 400, "Invalid container name (bad name), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed")]
    [InlineData("POST", "/v1.41/containers/create", "{\"Image\":\"busybox\",\"HostConfig\":{\"NetworkMode\":\"nosuchnetwork\"}}", 201, "")]
    [InlineData("POST", "/v1.41/containers/create", "{\"Image\":\"busybox\",\"HostConfig\":{\"Memory\":1024}}", 400, "memory")]
    [InlineData("POST", "/v1.41/containers/create", "{\"Image\":\"busybox\",\"HostConfig\":{\"CapAdd\":[\"NOSUCHCAP\"]}}", 400, "")]
    [InlineData("POST", "/v1.41/containers/nosuch/start", "", 404, "No such container: nosuch")]
    [InlineData("POST", "/v1.41/containers/nosuch/exec", "{\"Cmd\":[\"true\"]}", 404, "No such container: nosuch")]
    [InlineData("GET", "/v1.41/exec/nosuch/json", "", 404, "nosuch")]
    [InlineData("GET", "/v1.41/images/nosuch/json", "", 404, "nosuch")]
    [InlineData("GET", "/v1.41/networks/nosuch", "", 404, "network nosuch not found")]
    [InlineData("GET", "/v1.41/volumes/nosuch", "", 404, "no such volume")]
    [InlineData("GET", "/v1.41/containers/json?filters=nonsense", "", 400, "")]
    [InlineData("GET", "/v1.41/nosuchroute", "", 404, "page not found")]
    [InlineData("GET", "/v1.99/info", "", 400, "client version 1.99 is too new. Maximum supported API version is")]
    [InlineData("GET", "/v1.2/info", "", 400, "client version 1.2 is too old. Minimum supported API version is")]
    public async Task Request_is_answered_with_dockers_status(string method, string path, string body, int status, string sentence)
    {
        if (IsReference && (body == "{not json" || path.Contains("nonsense", StringComparison.Ordinal) || path.StartsWith("/v1.2/", StringComparison.Ordinal)))
        {
            Assert.Skip("Docker 20.10 answers 500 or plain text here; later versions 400");
        }

        using HttpClient client = Connect();
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body.Length > 0 || method == "POST")
        {
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        }

        using HttpResponseMessage answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
        string text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(status == (int)answer.StatusCode, $"{(int)answer.StatusCode}: {text}");
        if (status >= 400)
        {
            Assert.Contains(sentence, JsonDocument.Parse(text).RootElement.GetProperty("message").GetString(), StringComparison.OrdinalIgnoreCase);
        }
    }

    [LinuxFact(Required)]
    public async Task Ping_carries_dockers_headers()
    {
        using HttpClient client = Connect();
        foreach (HttpMethod method in (HttpMethod[])[HttpMethod.Get, HttpMethod.Head])
        {
            using HttpResponseMessage answer = await client.SendAsync(new HttpRequestMessage(method, "/_ping"), TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            foreach (string header in (string[])["Api-Version", "Docker-Experimental", "Ostype", "Server", "Cache-Control", "Pragma"])
            {
                Assert.True(answer.Headers.Contains(header), header);
            }

            Assert.Equal(method == HttpMethod.Get ? "OK" : "", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        }
    }

    [LinuxTheory(Required)]
    [InlineData("99999:80", "invalid")]
    [InlineData("80:99999", "invalid")]
    [InlineData("x:80", "invalid")]
    public async Task Bad_port_is_refused(string port, string word)
    {
        CommandResult result = await docker.Docker("run", "--rm", "-p", port, "busybox", "true");
        Assert.Equal(125, result.ExitCode);
        Assert.Contains(word, result.Error, StringComparison.OrdinalIgnoreCase);
    }

    [LinuxFact(Required)]
    public async Task Missing_registry_is_named()
    {
        CommandResult result = await docker.Docker("pull", "127.0.0.1:1/some/image:1");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("127.0.0.1:1", result.Error, StringComparison.Ordinal);
        Assert.Contains("connection refused", result.Error, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Client_without_a_daemon_says_so()
    {
        if (Machine.WhyNot(Needs.Programs) is { } reason)
        {
            Assert.Skip(reason);
        }

        CommandResult result = await ChildProcess.RunAsync(DockerProgram.Ours, ["-H", "unix:///no/such/docker.sock", "ps"]);
        Assert.Equal(1, result.ExitCode);
        Assert.Equal("Cannot connect to the Docker daemon at unix:///no/such/docker.sock. Is the docker daemon running?\n", result.Error);
    }

    private HttpClient Connect() => new(new SocketsHttpHandler
    {
        ConnectCallback = async (_, ct) =>
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(docker.Daemon.Host["unix://".Length..]), ct);
            return new NetworkStream(socket, ownsSocket: true);
        },
    })
    {
        BaseAddress = new Uri("http://docker"),
    };
}
