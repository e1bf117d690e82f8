using System.IO.Pipelines;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Berth.Daemon.Configuration;
using Berth.Daemon.Http;
using Berth.Engine;
using Berth.Engine.Containers;
using Berth.TestHost;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Berth.Daemon.Tests.Http;

public sealed class HijackTests
{
    [Theory]
    [InlineData("POST /v1.47/echo HTTP/1.1\r\nHost: d\r\nConnection: Upgrade\r\nUpgrade: tcp\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("POST /v1.47/echo HTTP/1.1\r\nHost: d\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n")]
    [InlineData("POST /v1.47/echo HTTP/1.1\r\nHost: d\r\nConnection: Upgrade\r\nUpgrade: tcp\r\nContent-Type: application/json\r\nContent-Length: 17\r\n\r\n{\"Detach\": false")]
    [InlineData("POST /v1.47/echo HTTP/1.1\r\nHost: d\r\nConnection: Upgrade\r\nUpgrade: tcp\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n{ }\r\n0\r\n\r\n")]
    public async Task An_upgraded_connection_carries_bytes_both_ways_until_the_client_has_no_more(string request)
    {
        await using ScratchServer server = await ScratchServer.StartAsync(Echo);
        using RawConnection client = await RawConnection.OpenAsync(server);

        // The last byte of the body, where one was announced.
        await client.SendAsync(request.Contains("Content-Length: 17", StringComparison.Ordinal) ? request + "}" : request);
        string head = await client.ReadHeadAsync();
        await client.SendAsync("first ");
        await client.SendAsync("second");
        client.HalfClose();

        Assert.StartsWith("HTTP/1.1 101 UPGRADED\r\n", head, StringComparison.Ordinal);
        Assert.Contains("\r\nContent-Type: application/vnd.docker.multiplexed-stream\r\n", head, StringComparison.Ordinal);
        Assert.Contains("\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n", head, StringComparison.Ordinal);
        Assert.Contains("\r\nApi-Version: 1.56\r\n", head, StringComparison.Ordinal);
        Assert.Equal("first second, and the end was seen", await client.ReadToEndAsync());
    }

    [Fact]
    public async Task Without_upgrade_the_answer_is_200_and_raw()
    {
        await using ScratchServer server = await ScratchServer.StartAsync(Echo);
        using RawConnection client = await RawConnection.OpenAsync(server);

        await client.SendAsync("POST /v1.47/echo HTTP/1.1\r\nHost: d\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}");
        string head = await client.ReadHeadAsync();
        client.HalfClose();

        Assert.StartsWith("HTTP/1.1 200 OK\r\nContent-Type: application/vnd.docker.raw-stream\r\n", head, StringComparison.Ordinal);
        Assert.DoesNotContain("Upgrade", head, StringComparison.Ordinal);
        Assert.Equal(", and the end was seen", await client.ReadToEndAsync());
    }

    [Theory]
    [InlineData("1.41")]
    [InlineData("1.24")]
    public async Task Before_1_42_a_multiplexed_stream_is_called_raw(string version)
    {
        await using ScratchServer server = await ScratchServer.StartAsync(Echo);
        using RawConnection client = await RawConnection.OpenAsync(server);

        await client.SendAsync($"POST /v{version}/echo HTTP/1.1\r\nHost: d\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n");

        Assert.Contains("Content-Type: application/vnd.docker.raw-stream\r\n", await client.ReadHeadAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bytes_right_behind_the_body_belong_to_the_stream()
    {
        await using ScratchServer server = await ScratchServer.StartAsync(Echo);
        using RawConnection client = await RawConnection.OpenAsync(server);

        await client.SendAsync("POST /echo HTTP/1.1\r\nHost: d\r\nConnection: Upgrade\r\nUpgrade: tcp\r\nContent-Length: 2\r\n\r\n{}eager");
        await client.ReadHeadAsync();
        client.HalfClose();

        Assert.Equal("eager, and the end was seen", await client.ReadToEndAsync());
    }

    [Fact]
    public async Task A_connection_serves_requests_before_it_is_taken_over()
    {
        await using ScratchServer server = await ScratchServer.StartAsync(Echo);
        using RawConnection client = await RawConnection.OpenAsync(server);

        await client.SendAsync("HEAD /_ping HTTP/1.1\r\nHost: d\r\n\r\n");
        string ping = await client.ReadHeadAsync();
        await client.SendAsync("POST /echo HTTP/1.1\r\nHost: d\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n");
        string head = await client.ReadHeadAsync();
        client.HalfClose();

        Assert.StartsWith("HTTP/1.1 200 OK\r\n", ping, StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 101 UPGRADED\r\n", head, StringComparison.Ordinal);
        Assert.Equal(", and the end was seen", await client.ReadToEndAsync());
    }

    [Fact]
    public async Task What_fails_before_the_takeover_is_an_ordinary_answer_on_a_connection_that_goes_on()
    {
        await using ScratchServer server = await ScratchServer.StartAsync(routes => routes.MapPost("/broken", context =>
            Hijack.RunAsync(context, () => throw new EngineException(ErrorKind.NotFound, "No such exec instance: x"))));
        using RawConnection client = await RawConnection.OpenAsync(server);

        await client.SendAsync("POST /broken HTTP/1.1\r\nHost: d\r\nConnection: Upgrade\r\nUpgrade: tcp\r\nContent-Length: 2\r\n\r\n{}");
        string head = await client.ReadHeadAsync();

        Assert.StartsWith("HTTP/1.1 404 Not Found\r\n", head, StringComparison.Ordinal);
        Assert.Contains("Content-Type: application/json\r\n", head, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Megabytes_pass_both_ways_unharmed()
    {
        await using ScratchServer server = await ScratchServer.StartAsync(Echo);
        using RawConnection client = await RawConnection.OpenAsync(server);
        byte[] sent = RandomNumberGenerator.GetBytes(8 << 20);

        await client.SendAsync("POST /echo HTTP/1.1\r\nHost: d\r\nConnection: Upgrade\r\nUpgrade: tcp\r\nContent-Length: 2\r\n\r\n{}");
        await client.ReadHeadAsync();
        Task sending = Task.Run(async () =>
        {
            await client.Stream.WriteAsync(sent);
            client.HalfClose();
        });
        byte[] received = Encoding.Latin1.GetBytes(await client.ReadToEndAsync());
        await sending;

        Assert.Equal(SHA256.HashData(sent), SHA256.HashData(received.AsSpan(0, sent.Length)));
    }

    [Fact]
    public async Task Stopping_the_daemon_ends_a_stream_that_would_last_for_ever()
    {
        await using ScratchServer server = await ScratchServer.StartAsync(routes => routes.MapPost("/endless", context =>
            Hijack.RunAsync(context, Prepared((_, ct) => Task.Delay(Timeout.Infinite, ct)))));
        using RawConnection client = await RawConnection.OpenAsync(server);
        await client.SendAsync("POST /endless HTTP/1.1\r\nHost: d\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n");
        await client.ReadHeadAsync();

        await server.StopAsync();

        Assert.Equal("", await client.ReadToEndAsync());
    }

    [Fact]
    public async Task Over_tls_a_half_close_is_the_end_of_input_too()
    {
        using var directory = new ScratchDirectory();
        using TestCertificates certificates = TestCertificates.Create(directory);
        await using ScratchServer server = await ScratchServer.StartAsync(
            Echo, certificates.Options, [ListenAddress.Parse($"tcp://127.0.0.1:{FreePort()}", tls: true)]);
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(server.TcpEndPoints.Single());
        await using var tls = new SslStream(new NetworkStream(socket));
        await tls.AuthenticateAsClientAsync(certificates.ClientOptions);
        using var client = new RawConnection(tls, socket);

        await client.SendAsync("POST /echo HTTP/1.1\r\nHost: d\r\nConnection: Upgrade\r\nUpgrade: tcp\r\nContent-Length: 2\r\n\r\n{}");
        string head = await client.ReadHeadAsync();
        await client.SendAsync("over tls");
        await tls.ShutdownAsync();

        Assert.StartsWith("HTTP/1.1 101 UPGRADED\r\n", head, StringComparison.Ordinal);
        Assert.Equal("over tls, and the end was seen", await client.ReadToEndAsync());
    }

    [Fact]
    public async Task A_client_without_a_certificate_is_refused_where_clients_are_verified()
    {
        using var directory = new ScratchDirectory();
        using TestCertificates certificates = TestCertificates.Create(directory);
        await using ScratchServer server = await ScratchServer.StartAsync(
            Echo, certificates.Options, [ListenAddress.Parse($"tcp://127.0.0.1:{FreePort()}", tls: true)]);
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(server.TcpEndPoints.Single());
        await using var tls = new SslStream(new NetworkStream(socket));
        SslClientAuthenticationOptions anonymous = certificates.ClientOptions;
        anonymous.ClientCertificates = null;

        await Assert.ThrowsAnyAsync<IOException>(async () =>
        {
            await tls.AuthenticateAsClientAsync(anonymous);
            await tls.WriteAsync("GET /_ping HTTP/1.1\r\nHost: d\r\n\r\n"u8.ToArray());
            _ = await tls.ReadAtLeastAsync(new byte[1], 1);
        });
    }

    private static void Echo(IEndpointRouteBuilder routes) => routes.MapPost("/echo", context => Hijack.RunAsync(context, Prepared(EchoAsync)));

    private static Func<Task<StreamSession?>> Prepared(Func<IDuplexPipe, CancellationToken, Task> run) =>
        () => Task.FromResult<StreamSession?>(new TestSession(run));

    private static async Task EchoAsync(IDuplexPipe connection, CancellationToken ct)
    {
        while (true)
        {
            ReadResult read = await connection.Input.ReadAsync(ct);
            foreach (ReadOnlyMemory<byte> part in read.Buffer)
            {
                await connection.Output.WriteAsync(part, ct);
            }

            connection.Input.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                await connection.Output.WriteAsync(", and the end was seen"u8.ToArray(), ct);
                return;
            }
        }
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0));
        return ((System.Net.IPEndPoint)socket.LocalEndPoint!).Port;
    }

    private sealed class TestSession(Func<IDuplexPipe, CancellationToken, Task> run) : StreamSession
    {
        public override bool Terminal => false;

        public override Task RunAsync(IDuplexPipe connection, CancellationToken ct) => run(connection, ct);

        public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
