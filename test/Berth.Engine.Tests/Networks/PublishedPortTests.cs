using System.Net;
using System.Net.Sockets;
using Berth.Engine.Networks;
using Berth.TestHost;

namespace Berth.Engine.Tests.Networks;

public sealed class PublishedPortTests
{
    [LinuxFact(Needs.Network)]
    public async Task A_published_port_is_reached_from_everywhere()
    {
        using TestNetwork network = await new TestNetwork().RestoredAsync();
        Sandbox web = await network.RunAsync("web", ports: ("80/tcp", "8080"));
        Sandbox other = await network.RunAsync("other");
        network.ServeTcp(web.NamespacePath!, 80, "web");
        IPAddress gateway = IPAddress.Parse(web.Endpoints["bridge"].Gateway);

        Assert.Equal($"web {gateway}", network.InHost(() => TestNetwork.TryCall(IPAddress.Loopback, 8080)));
        Assert.Equal($"web {TestNetwork.HostAddress}", network.InHost(() => TestNetwork.TryCall(TestNetwork.HostAddress, 8080)));
        Assert.Equal($"web {TestNetwork.NeighbourAddress}", network.InNeighbour(() => TestNetwork.TryCall(TestNetwork.HostAddress, 8080)));
        Assert.Equal($"web {gateway}", TestNetwork.In(other, () => TestNetwork.TryCall(TestNetwork.HostAddress, 8080)));
        Assert.Equal($"web {gateway}", TestNetwork.In(web, () => TestNetwork.TryCall(TestNetwork.HostAddress, 8080)));
        Assert.Equal($"web {gateway}", TestNetwork.In(other, () => TestNetwork.TryCall(gateway, 8080)));
    }

    [LinuxFact(Needs.Network)]
    public async Task A_port_published_on_loopback_is_reached_from_the_host_only()
    {
        using TestNetwork network = await new TestNetwork().RestoredAsync();
        Sandbox web = await network.Service.CreateSandboxAsync(network.RequestAt("web", "bridge", ("80/tcp", "127.0.0.1", "8080")), CancellationToken.None);
        network.ServeTcp(web.NamespacePath!, 80, "web");

        Assert.NotNull(network.InHost(() => TestNetwork.TryCall(IPAddress.Loopback, 8080)));
        Assert.Null(network.InHost(() => TestNetwork.TryCall(TestNetwork.HostAddress, 8080)));
        Assert.Null(network.InNeighbour(() => TestNetwork.TryCall(TestNetwork.HostAddress, 8080)));
        Assert.Null(RouteLoopbackThroughHost(network, 8080));
    }

    [LinuxFact(Needs.Network)]
    public async Task What_listens_on_the_hosts_loopback_stays_out_of_reach()
    {
        using TestNetwork network = await new TestNetwork().RestoredAsync();
        await network.RunAsync("web");
        network.ServeTcp(network.HostPath, IPAddress.Loopback, 9999, "secret");

        Assert.Equal("secret 127.0.0.1", network.InHost(() => TestNetwork.TryCall(IPAddress.Loopback, 9999)));
        Assert.Null(RouteLoopbackThroughHost(network, 9999));
    }

    [LinuxFact(Needs.Network)]
    public async Task Containers_are_not_reached_past_their_published_ports()
    {
        using TestNetwork network = await new TestNetwork().RestoredAsync();
        Sandbox web = await network.RunAsync("web", ports: ("80/tcp", "8080"));
        network.ServeTcp(web.NamespacePath!, 81, "web");

        Assert.Null(network.InNeighbour(() => TestNetwork.TryCall(TestNetwork.AddressOf(web), 81)));
        Assert.NotNull(network.InHost(() => TestNetwork.TryCall(TestNetwork.AddressOf(web), 81)));
    }

    [LinuxFact(Needs.Network)]
    public async Task UDP_is_published_too_and_follows_its_container()
    {
        using TestNetwork network = await new TestNetwork().RestoredAsync();
        using Socket client = network.InNeighbour(() => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
        Assert.Null(TestNetwork.TryAskUdp(client, TestNetwork.HostAddress, 5353));

        Sandbox first = await network.RunAsync("first", ports: ("53/udp", "5353"));
        network.ServeUdp(first.NamespacePath!, 53, "first");
        Assert.Equal("first", TestNetwork.TryAskUdp(client, TestNetwork.HostAddress, 5353));

        // The same client's socket goes on sending: without forgetting the old connection it would never reach the new container.
        await network.RunAsync("between");
        await network.Service.RemoveSandboxAsync(first, CancellationToken.None);
        Sandbox second = await network.RunAsync("second", "bridge", ("53/udp", "5353"));
        Sandbox third = await network.RunAsync("third");
        network.ServeUdp(second.NamespacePath!, 53, "second");
        Assert.Equal("second", TestNetwork.TryAskUdp(client, TestNetwork.HostAddress, 5353));
        Assert.NotEqual(TestNetwork.AddressOf(second), TestNetwork.AddressOf(third));
    }

    [LinuxFact(Needs.Network)]
    public async Task A_port_of_another_container_is_refused_and_nothing_is_left()
    {
        using TestNetwork network = await new TestNetwork().RestoredAsync();
        await network.RunAsync("db1", ports: ("5432/tcp", "5432"));
        SandboxRequest request = network.Request("db2", "bridge", ("1/tcp", "7001"), ("5432/tcp", "5432"));

        EngineException e = await Assert.ThrowsAsync<EngineException>(() => network.Service.CreateSandboxAsync(request, CancellationToken.None));

        Assert.Matches(
            "^failed to set up container networking: driver failed programming external connectivity on endpoint db2 \\([0-9a-f]{64}\\): "
                + "Bind for 0.0.0.0:5432 failed: port is already allocated$",
            e.Message);
        Assert.False(File.Exists(network.Paths.NetworkNamespace(request.ContainerId)));
        Assert.Single(network.Service.Inspect("bridge", null).Containers!);
        await network.RunAsync("db3", ports: ("1/tcp", "7001"));
    }

    [LinuxFact(Needs.Network)]
    public async Task A_port_of_a_foreign_process_is_refused_in_Dockers_words()
    {
        using TestNetwork network = await new TestNetwork().RestoredAsync();
        network.ServeTcp(network.HostPath, IPAddress.Loopback, 5432, "foreign");

        EngineException e = await Assert.ThrowsAsync<EngineException>(() => network.RunAsync("db", ports: ("5432/tcp", "5432")));

        Assert.EndsWith("failed to bind host port 0.0.0.0:5432/tcp: address already in use", e.Message, StringComparison.Ordinal);
        Assert.Equal(ErrorKind.System, e.Kind);
    }

    [LinuxFact(Needs.Network)]
    public async Task A_published_port_cannot_be_taken_by_a_foreign_process()
    {
        using TestNetwork network = await new TestNetwork().RestoredAsync();
        Sandbox web = await network.RunAsync("web", ports: ("80/tcp", "8080"));

        Assert.Throws<SocketException>(() => network.ServeTcp(network.HostPath, 8080, "thief"));
        await network.Service.RemoveSandboxAsync(web, CancellationToken.None);
        network.ServeTcp(network.HostPath, 8080, "heir");
    }

    [LinuxFact(Needs.Network)]
    public async Task Different_addresses_may_publish_the_same_port()
    {
        using TestNetwork network = await new TestNetwork().RestoredAsync();
        Sandbox inside = await network.Service.CreateSandboxAsync(network.RequestAt("inside", "bridge", ("80/tcp", "127.0.0.1", "8080")), CancellationToken.None);
        Sandbox outside = await network.Service.CreateSandboxAsync(network.RequestAt("outside", "bridge", ("80/tcp", "198.51.100.1", "8080")), CancellationToken.None);
        network.ServeTcp(inside.NamespacePath!, 80, "inside");
        network.ServeTcp(outside.NamespacePath!, 80, "outside");

        Assert.StartsWith("inside", network.InHost(() => TestNetwork.TryCall(IPAddress.Loopback, 8080)), StringComparison.Ordinal);
        Assert.StartsWith("outside", network.InHost(() => TestNetwork.TryCall(TestNetwork.HostAddress, 8080)), StringComparison.Ordinal);
        await Assert.ThrowsAsync<EngineException>(() => network.RunAsync("everywhere", ports: ("80/tcp", "8080")));
    }

    [LinuxFact(Needs.Network)]
    public async Task Ports_that_nobody_named_are_chosen_and_shown()
    {
        using TestNetwork network = await new TestNetwork().RestoredAsync();
        SandboxRequest request = network.Request("web", "bridge", ("80/tcp", "")) with { ExposedPorts = ["81/tcp", "53/udp"], PublishAllPorts = true };
        Sandbox all = await network.Service.CreateSandboxAsync(request, CancellationToken.None);
        Sandbox one = await network.Service.CreateSandboxAsync(
            network.Request("api", "bridge", ("80/tcp", "")) with { ExposedPorts = ["81/tcp"] }, CancellationToken.None);

        Assert.Equal(["53/udp", "80/tcp", "81/tcp"], all.Ports.Keys.Order());
        Assert.All(all.Ports.Values, bindings => Assert.InRange(int.Parse(Assert.Single(bindings!).HostPort), 32768, 60999));
        Assert.NotEqual(all.Ports["80/tcp"]![0].HostPort, one.Ports["80/tcp"]![0].HostPort);
        Assert.Null(one.Ports["81/tcp"]);
    }

    [LinuxFact(Needs.Network)]
    public async Task Of_a_range_the_first_free_port_is_taken_until_there_is_none()
    {
        using TestNetwork network = await new TestNetwork().RestoredAsync();
        network.ServeTcp(network.HostPath, 8001, "foreign");

        Assert.Equal("8000", Port(await network.RunAsync("a", ports: ("80/tcp", "8000-8002"))));
        Assert.Equal("8002", Port(await network.RunAsync("b", ports: ("80/tcp", "8000-8002"))));
        EngineException e = await Assert.ThrowsAsync<EngineException>(() => network.RunAsync("c", ports: ("80/tcp", "8000-8002")));
        Assert.EndsWith("Bind for 0.0.0.0:8000 failed: port is already allocated", e.Message, StringComparison.Ordinal);

        static string Port(Sandbox sandbox) => sandbox.Ports["80/tcp"]![0].HostPort;
    }

    [LinuxTheory(Needs.Network)]
    [InlineData("80/icmp", "", "80")]
    [InlineData("http/tcp", "", "80")]
    [InlineData("80/tcp", "", "70000")]
    [InlineData("80/tcp", "", "9-8")]
    [InlineData("80/tcp", "localhost", "80")]
    [InlineData("80/tcp", "::1", "80")]
    public async Task Ports_and_addresses_that_are_none_are_refused(string port, string hostIp, string hostPort)
    {
        using TestNetwork network = await new TestNetwork().RestoredAsync();

        EngineException e = await Assert.ThrowsAsync<EngineException>(() =>
            network.Service.CreateSandboxAsync(network.RequestAt("web", "bridge", (port, hostIp, hostPort)), CancellationToken.None));

        Assert.Equal(ErrorKind.InvalidParameter, e.Kind);
        Assert.Empty(network.Service.Inspect("bridge", null).Containers!);
    }

    /// <summary>The neighbour sends to 127.0.0.1 by way of the host, as only an attacker would.</summary>
    private static string? RouteLoopbackThroughHost(TestNetwork network, int port) => network.InNeighbour(() =>
    {
        Berth.Linux.Sysctl.Write("1", "net", "ipv4", "conf", "all", "route_localnet");
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

        // Without this the packet would stay on the neighbour's own loopback.
        socket.SetRawSocketOption(1, 25, "eth0\0"u8); // SOL_SOCKET, SO_BINDTODEVICE
        socket.SendTimeout = 500;
        IAsyncResult attempt = socket.BeginConnect(IPAddress.Loopback, port, null, null);
        return attempt.AsyncWaitHandle.WaitOne(500) && socket.Connected ? "connected" : null;
    });
}
