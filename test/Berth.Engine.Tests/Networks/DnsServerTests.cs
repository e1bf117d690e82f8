using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Berth.Api.Networks;
using Berth.Engine.Networks;
using Berth.TestHost;

namespace Berth.Engine.Tests.Networks;

public sealed class DnsServerTests
{
    private static readonly IPEndPoint Server = new(IPAddress.Parse("127.0.0.11"), 53);

    [LinuxFact(Needs.Network)]
    public async Task Containers_find_each_other_by_name_alias_and_short_id()
    {
        using TestNetwork network = await new TestNetwork().RestoredAsync();
        await network.Service.CreateAsync(new NetworkCreateRequest { Name = "front" }, CancellationToken.None);
        Sandbox web = await network.RunAsync("web", "front");
        Sandbox db = await network.Service.CreateSandboxAsync(Aliased(network, "db", "database"), CancellationToken.None);
        string address = db.Endpoints["front"].IPAddress;

        Assert.Equal(["db", "database", db.ContainerId[..12]], db.Endpoints["front"].DNSNames);
        foreach (string name in (string[])["db", "DB", "database", db.ContainerId[..12], "db.front"])
        {
            Assert.Equal([address], Addresses(Ask(web, name)));
        }

        Assert.Equal([address], Addresses(AskByTcp(web, "db")));
    }

    [LinuxFact(Needs.Network)]
    public async Task Several_containers_under_one_alias_are_all_told_in_changing_order()
    {
        using TestNetwork network = await new TestNetwork().RestoredAsync();
        await network.Service.CreateAsync(new NetworkCreateRequest { Name = "front" }, CancellationToken.None);
        Sandbox web = await network.RunAsync("web", "front");
        foreach (string name in (string[])["a", "b", "c"])
        {
            await network.Service.CreateSandboxAsync(Aliased(network, name, "api"), CancellationToken.None);
        }

        List<string[]> answers = [.. Enumerable.Range(0, 40).Select(_ => Addresses(Ask(web, "api")))];

        Assert.All(answers, answer => Assert.Equal(["172.18.0.3", "172.18.0.4", "172.18.0.5"], answer.Order()));
        Assert.True(answers.Select(answer => answer[0]).Distinct().Count() > 1);
    }

    [LinuxFact(Needs.Network)]
    public async Task Own_names_have_no_IPv6_address_but_exist()
    {
        using TestNetwork network = await new TestNetwork().RestoredAsync();
        await network.Service.CreateAsync(new NetworkCreateRequest { Name = "front" }, CancellationToken.None);
        Sandbox web = await network.RunAsync("web", "front");

        byte[] answer = Ask(web, "web", DnsMessage.TypeAaaa)!;

        Assert.Equal((0, 0), (DnsMessage.ResponseCode(answer), Count(answer)));
    }

    [LinuxFact(Needs.Network)]
    public async Task Addresses_have_names()
    {
        using TestNetwork network = await new TestNetwork().RestoredAsync();
        await network.Service.CreateAsync(new NetworkCreateRequest { Name = "front" }, CancellationToken.None);
        Sandbox web = await network.RunAsync("web", "front");

        byte[] answer = Ask(web, "2.0.18.172.in-addr.arpa", DnsMessage.TypePtr)!;

        Assert.Equal(1, Count(answer));
        Assert.Contains("\u0003web\u0005front\0", System.Text.Encoding.ASCII.GetString(answer), StringComparison.Ordinal);
    }

    [LinuxFact(Needs.Network)]
    public async Task Names_come_and_go_with_their_containers()
    {
        using TestNetwork network = await new TestNetwork().RestoredAsync();
        await network.Service.CreateAsync(new NetworkCreateRequest { Name = "front", Internal = true }, CancellationToken.None);
        Sandbox web = await network.RunAsync("web", "front");
        Sandbox db = await network.RunAsync("db", "front");
        Assert.NotEmpty(Addresses(Ask(web, "db")));

        await network.Service.RemoveSandboxAsync(db, CancellationToken.None);

        Assert.Equal(DnsMessage.ServerFailure, DnsMessage.ResponseCode(Ask(web, "db")!));
    }

    [LinuxFact(Needs.Network)]
    public async Task A_renamed_container_is_found_by_its_new_name_only()
    {
        using TestNetwork network = await new TestNetwork().RestoredAsync();
        await network.Service.CreateAsync(new NetworkCreateRequest { Name = "front", Internal = true }, CancellationToken.None);
        Sandbox web = await network.RunAsync("web", "front");
        Sandbox db = await network.Service.CreateSandboxAsync(Aliased(network, "db", "database"), CancellationToken.None);

        Sandbox renamed = network.Service.Rename(db, "db2");

        Assert.Equal(["db2", "database", db.ContainerId[..12]], renamed.Endpoints["front"].DNSNames);
        Assert.Equal([db.Endpoints["front"].IPAddress], Addresses(Ask(web, "db2")));
        Assert.Equal([db.Endpoints["front"].IPAddress], Addresses(Ask(web, "database")));
        Assert.Equal(DnsMessage.ServerFailure, DnsMessage.ResponseCode(Ask(web, "db")!));
        Assert.Equal(["db2", "web"], network.Service.Inspect("front", null).Containers!.Values.Select(c => c!.Name).Order());
    }

    [LinuxFact(Needs.Network)]
    public async Task Other_names_are_asked_of_the_containers_server_from_the_hosts_network()
    {
        using TestNetwork network = await new TestNetwork().RestoredAsync();
        await network.Service.CreateAsync(new NetworkCreateRequest { Name = "front" }, CancellationToken.None);
        await network.Service.CreateAsync(new NetworkCreateRequest { Name = "vault", Internal = true }, CancellationToken.None);
        using Socket upstream = network.InNeighbour(() => BindUpstream(IPAddress.Any));
        _ = AnswerAsync(upstream, IPAddress.Parse("192.0.2.99"));
        Sandbox web = await Run("web", "front");
        Sandbox safe = await Run("safe", "vault");

        Assert.Equal(["192.0.2.99"], Addresses(Ask(web, "example.com")));
        Assert.Equal(DnsMessage.ServerFailure, DnsMessage.ResponseCode(Ask(safe, "example.com")!));

        Task<Sandbox> Run(string name, string to) => network.Service.CreateSandboxAsync(
            network.Request(name, to) with { Dns = ["not an address", TestNetwork.NeighbourAddress.ToString()] }, CancellationToken.None);
    }

    [LinuxFact(Needs.Network)]
    public async Task A_name_server_in_the_container_may_have_port_53_of_all_addresses()
    {
        using TestNetwork network = await new TestNetwork().RestoredAsync();
        await network.Service.CreateAsync(new NetworkCreateRequest { Name = "front" }, CancellationToken.None);
        Sandbox web = await network.RunAsync("web", "front");
        Sandbox resolver = await network.RunAsync("resolver", "front");
        network.ServeTcp(resolver.NamespacePath!, 53, "own");
        network.ServeUdp(resolver.NamespacePath!, 53, "own");

        Assert.StartsWith("own", TestNetwork.In(web, () => TestNetwork.TryCall(TestNetwork.AddressOf(resolver, "front"), 53)), StringComparison.Ordinal);
        Assert.Equal([web.Endpoints["front"].IPAddress], Addresses(Ask(resolver, "web")));
        Assert.Equal([web.Endpoints["front"].IPAddress], Addresses(AskByTcp(resolver, "web")));
    }

    [LinuxFact(Needs.Network)]
    public async Task Garbage_does_not_stop_the_server()
    {
        using TestNetwork network = await new TestNetwork().RestoredAsync();
        await network.Service.CreateAsync(new NetworkCreateRequest { Name = "front" }, CancellationToken.None);
        Sandbox web = await network.RunAsync("web", "front");
        var random = new Random(42);
        TestNetwork.In(web, () =>
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            byte[] bytes = new byte[900];
            for (int i = 0; i < 500; i++)
            {
                random.NextBytes(bytes);
                socket.SendTo(bytes, random.Next(bytes.Length), SocketFlags.None, Server);
            }

            using var connection = new TcpClient();
            connection.Connect(Server);
            connection.GetStream().Write([0xff, 0xff, 1, 2, 3]);
            return true;
        });

        Assert.Equal([web.Endpoints["front"].IPAddress], Addresses(Ask(web, "web")));
    }

    [LinuxFact(Needs.Network)]
    public async Task A_new_daemon_answers_for_containers_of_the_old_one()
    {
        using TestNetwork network = await new TestNetwork().RestoredAsync();
        await network.Service.CreateAsync(new NetworkCreateRequest { Name = "front" }, CancellationToken.None);
        Sandbox web = await network.RunAsync("web", "front");
        Sandbox db = await network.Service.CreateSandboxAsync(Aliased(network, "db", "database"), CancellationToken.None);

        network.Restart();
        await network.Service.RestoreAsync(CancellationToken.None);
        await network.Service.AdoptAsync([web, db], CancellationToken.None);

        Assert.Equal([db.Endpoints["front"].IPAddress], Addresses(Ask(web, "database")));
    }

    [LinuxFact(Needs.Network)]
    public async Task Joining_a_user_defined_network_brings_names()
    {
        using TestNetwork network = await new TestNetwork().RestoredAsync();
        await network.Service.CreateAsync(new NetworkCreateRequest { Name = "front" }, CancellationToken.None);
        await network.RunAsync("db", "front");
        Sandbox web = await network.RunAsync("web");
        Assert.Null(Ask(web, "db"));

        Sandbox joined = await network.Service.ConnectAsync(web, "front", new EndpointSettings(), CancellationToken.None);

        Assert.Equal(["172.18.0.2"], Addresses(Ask(joined, "db")));
        Assert.Equal("nameserver 127.0.0.11\noptions ndots:0\n", WithoutSearch(network, web));
        Sandbox left = await network.Service.DisconnectAsync(joined, "front", CancellationToken.None);
        Assert.Null(Ask(left, "db"));
        Assert.DoesNotContain("127.0.0.11", File.ReadAllText(network.Paths.ResolvConfFile(web.ContainerId)), StringComparison.Ordinal);
    }

    private static string WithoutSearch(TestNetwork network, Sandbox sandbox) => string.Join('\n',
        File.ReadAllText(network.Paths.ResolvConfFile(sandbox.ContainerId)).Split('\n').Where(line => !line.StartsWith("search", StringComparison.Ordinal)));

    private static SandboxRequest Aliased(TestNetwork network, string name, string alias) => network.Request(name, "front") with
    {
        Endpoints = new Dictionary<string, EndpointSettings> { ["front"] = new() { Aliases = [alias] } },
    };

    private static byte[]? Ask(Sandbox sandbox, string name, ushort type = DnsMessage.TypeA) => TestNetwork.In(sandbox, () =>
    {
        // The kernel may drop a datagram: as resolvers do, ask again. Source: resolv.conf(5), timeout and attempts.
        for (int attempt = 0; attempt < 3; attempt++)
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 5000 };
            try
            {
                socket.Connect(Server);
                socket.Send(DnsMessageTests.Query(name, type));
                byte[] buffer = new byte[4096];
                return buffer[..socket.Receive(buffer)];
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.TimedOut or SocketError.WouldBlock or SocketError.TryAgain)
            {
            }
            catch (SocketException)
            {
                return null; // nobody answers there at all
            }
        }

        return null;
    });

    private static byte[] AskByTcp(Sandbox sandbox, string name) => TestNetwork.In(sandbox, () =>
    {
        using var connection = new TcpClient { ReceiveTimeout = 5000 };
        connection.Connect(Server);
        using NetworkStream stream = connection.GetStream();
        byte[] query = DnsMessageTests.Query(name, DnsMessage.TypeA);
        stream.Write([0, (byte)query.Length, .. query]);
        byte[] head = new byte[2];
        stream.ReadExactly(head);
        byte[] answer = new byte[BinaryPrimitives.ReadUInt16BigEndian(head)];
        stream.ReadExactly(answer);
        return answer;
    });

    private static int Count(byte[] answer) => BinaryPrimitives.ReadUInt16BigEndian(answer.AsSpan(6));

    /// <summary>Every record of ours is 16 bytes long and has its address at the end.</summary>
    private static string[] Addresses(byte[]? answer)
    {
        if (answer is null)
        {
            return [];
        }

        int count = Count(answer);
        return [.. Enumerable.Range(0, count).Select(i => new IPAddress(answer.AsSpan(answer.Length - (16 * (count - i)) + 12, 4)).ToString())];
    }

    private static Socket BindUpstream(IPAddress address)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(address, 53));
        return socket;
    }

    /// <summary>A name server for which every name has the same address. A forged answer under another number goes ahead of each.</summary>
    private static async Task AnswerAsync(Socket upstream, IPAddress address)
    {
        byte[] buffer = new byte[4096];
        try
        {
            while (true)
            {
                SocketReceiveFromResult received = await upstream.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0));
                byte[] query = buffer[..received.ReceivedBytes];
                byte[] forged = DnsMessage.AddressAnswer(query, DnsMessage.TryReadQuery(query)!, [IPAddress.Parse("6.6.6.6")], isDatagram: true);
                forged[0] ^= 0xff;
                await upstream.SendToAsync(forged, received.RemoteEndPoint);
                await upstream.SendToAsync(DnsMessage.AddressAnswer(query, DnsMessage.TryReadQuery(query)!, [address], isDatagram: true), received.RemoteEndPoint);
            }
        }
        catch (Exception e) when (e is ObjectDisposedException or SocketException)
        {
            // The test is over.
        }
    }
}
