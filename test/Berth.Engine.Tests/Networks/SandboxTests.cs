using System.Net;
using Berth.Api.Networks;
using Berth.Engine.Networks;
using Berth.Linux.Netlink;
using Berth.TestHost;

namespace Berth.Engine.Tests.Networks;

public sealed class SandboxTests
{
    [LinuxFact(Needs.Network)]
    public async Task A_container_has_address_MAC_and_default_route_like_Dockers()
    {
        using TestNetwork network = await new TestNetwork().RestoredAsync();

        Sandbox sandbox = await network.RunAsync("web");

        EndpointSettings endpoint = sandbox.Endpoints["bridge"];
        Assert.Equal(("172.17.0.2", 16L, "172.17.0.1", "02:42:ac:11:00:02"), (endpoint.IPAddress, endpoint.IPPrefixLen, endpoint.Gateway, endpoint.MacAddress));
        Assert.Null(endpoint.DNSNames);
        Assert.Equal(network.Service.Inspect("bridge", null).Id, endpoint.NetworkID);
        (string[] links, string[] addresses, Route route) = Look(sandbox);
        Assert.Equal(["eth0", "lo"], links);
        Assert.Equal(["127.0.0.1/8", "172.17.0.2/16"], addresses);
        Assert.Equal(IPAddress.Parse("172.17.0.1"), route.Gateway);
        Assert.Equal("1 0", TestNetwork.In(sandbox, () =>
            $"{Berth.Linux.Sysctl.Read("net", "ipv6", "conf", "eth0", "disable_ipv6")} {Berth.Linux.Sysctl.Read("net", "ipv6", "conf", "lo", "disable_ipv6")}"));
    }

    [LinuxFact(Needs.Network)]
    public async Task Containers_reach_the_world_under_the_hosts_address()
    {
        using TestNetwork network = await new TestNetwork().RestoredAsync();
        Sandbox sandbox = await network.RunAsync("web");
        network.ServeTcp(network.NeighbourPath, 7000, "world");

        Assert.Equal($"world {TestNetwork.HostAddress}", TestNetwork.In(sandbox, () => TestNetwork.TryCall(TestNetwork.NeighbourAddress, 7000)));
    }

    [LinuxFact(Needs.Network)]
    public async Task Without_masquerading_they_keep_their_own()
    {
        using TestNetwork network = await new TestNetwork(o => o with { EnableIpMasquerade = false }).RestoredAsync();
        Sandbox sandbox = await network.RunAsync("web");
        network.ServeTcp(network.NeighbourPath, 7000, "world");

        Assert.Equal("world 172.17.0.2", TestNetwork.In(sandbox, () => TestNetwork.TryCall(TestNetwork.NeighbourAddress, 7000)));
    }

    [LinuxFact(Needs.Network)]
    public async Task Neighbours_talk_and_other_networks_do_not_hear()
    {
        using TestNetwork network = await new TestNetwork().RestoredAsync();
        await network.Service.CreateAsync(new NetworkCreateRequest { Name = "front" }, CancellationToken.None);
        await network.Service.CreateAsync(new NetworkCreateRequest { Name = "back" }, CancellationToken.None);
        Sandbox web = await network.RunAsync("web", "front");
        Sandbox api = await network.RunAsync("api", "front");
        Sandbox db = await network.RunAsync("db", "back", ("5432/tcp", "5432"));
        network.ServeTcp(api.NamespacePath!, 80, "api");
        network.ServeTcp(db.NamespacePath!, 5432, "db");
        network.ServeTcp(db.NamespacePath!, 81, "db");

        Assert.NotNull(TestNetwork.In(web, () => TestNetwork.TryCall(TestNetwork.AddressOf(api, "front"), 80)));
        Assert.Null(TestNetwork.In(web, () => TestNetwork.TryCall(TestNetwork.AddressOf(db, "back"), 81)));
        Assert.Null(TestNetwork.In(web, () => TestNetwork.TryCall(TestNetwork.AddressOf(db, "back"), 5432)));
        Assert.NotNull(TestNetwork.In(web, () => TestNetwork.TryCall(TestNetwork.HostAddress, 5432)));
    }

    [LinuxFact(Needs.Network)]
    public async Task Without_inter_container_communication_only_published_ports_are_reached()
    {
        using TestNetwork network = await new TestNetwork(o => o with { InterContainerCommunication = false }).RestoredAsync();
        Sandbox web = await network.RunAsync("web");
        Sandbox db = await network.RunAsync("db", ports: ("5432/tcp", "5432"));
        network.ServeTcp(db.NamespacePath!, 5432, "db");
        network.ServeTcp(network.NeighbourPath, 7000, "world");

        Assert.Null(TestNetwork.In(web, () => TestNetwork.TryCall(TestNetwork.AddressOf(db), 5432)));
        Assert.NotNull(TestNetwork.In(web, () => TestNetwork.TryCall(TestNetwork.HostAddress, 5432)));
        Assert.NotNull(TestNetwork.In(web, () => TestNetwork.TryCall(TestNetwork.NeighbourAddress, 7000)));
    }

    [LinuxFact(Needs.Network)]
    public async Task An_internal_network_has_no_way_out_and_none_in()
    {
        using TestNetwork network = await new TestNetwork().RestoredAsync();
        await network.Service.CreateAsync(new NetworkCreateRequest { Name = "vault", Internal = true }, CancellationToken.None);
        Sandbox web = await network.RunAsync("web", "bridge", ("80/tcp", "8080"));
        Sandbox safe = await network.RunAsync("safe", "vault", ("80/tcp", "8081"));
        Sandbox other = await network.RunAsync("other", "vault");
        network.ServeTcp(network.NeighbourPath, 7000, "world");
        network.ServeTcp(web.NamespacePath!, 80, "web");
        network.ServeTcp(safe.NamespacePath!, 80, "safe");
        IPAddress gateway = IPAddress.Parse(network.Service.Inspect("vault", null).IPAM!.Config![0].Gateway!);
        SetDefaultRoute(safe, gateway);

        Assert.Null(TestNetwork.In(safe, () => TestNetwork.TryCall(TestNetwork.NeighbourAddress, 7000)));
        Assert.Null(TestNetwork.In(safe, () => TestNetwork.TryCall(gateway, 8080)));
        Assert.Null(network.InNeighbour(() => TestNetwork.TryCall(TestNetwork.HostAddress, 8081)));
        Assert.NotNull(TestNetwork.In(other, () => TestNetwork.TryCall(TestNetwork.AddressOf(safe, "vault"), 80)));
        Assert.Null(safe.Ports["80/tcp"]);
    }

    [LinuxFact(Needs.Network)]
    public async Task None_is_loopback_and_host_is_no_namespace_at_all()
    {
        using TestNetwork network = await new TestNetwork().RestoredAsync();

        Sandbox none = await network.RunAsync("a", "none", ("80/tcp", "8080"));
        Sandbox host = await network.RunAsync("b", "host", ("80/tcp", "8080"));

        Assert.Equal(["lo"], Look(none).Links);
        Assert.Null(host.NamespacePath);
        Assert.Empty(none.Ports);
        Assert.Empty(host.Ports);
        Assert.Equal(["a"], network.Service.Inspect("none", null).Containers!.Values.Select(c => c!.Name));
        Assert.Equal(["b"], network.Service.Inspect("host", null).Containers!.Values.Select(c => c!.Name));
        await network.Service.RemoveSandboxAsync(host, CancellationToken.None);
        Assert.Empty(network.Service.Inspect("host", null).Containers!);
    }

    [LinuxFact(Needs.Network)]
    public async Task Addresses_and_MACs_that_were_asked_for_are_given_once()
    {
        using TestNetwork network = await new TestNetwork().RestoredAsync();
        await network.Service.CreateAsync(
            new NetworkCreateRequest { Name = "s", IPAM = new Ipam { Config = [new IpamConfig { Subnet = "10.1.0.0/24" }] } }, CancellationToken.None);
        await network.Service.CreateAsync(new NetworkCreateRequest { Name = "free" }, CancellationToken.None);
        var settings = new EndpointSettings { IPAMConfig = new EndpointIpamConfig { IPv4Address = "10.1.0.77" }, MacAddress = "02:AA:bb:00:00:01" };

        Sandbox first = await network.Service.CreateSandboxAsync(With("a", "s", settings), CancellationToken.None);

        Assert.Equal(("10.1.0.77", "02:aa:bb:00:00:01"), (first.Endpoints["s"].IPAddress, first.Endpoints["s"].MacAddress));
        await Refused("Address already in use", With("b", "s", settings));
        await Refused("invalid address 10.9.9.9: It does not belong to any of this network's subnets", With("c", "s", At("10.9.9.9")));
        await Refused("user specified IP address is supported only when connecting to networks with user configured subnets", With("d", "free", At("172.18.0.9")));
        await Refused("user specified IP address is supported on user defined networks only", With("e", "bridge", At("172.17.0.9")));
        await Refused("network-scoped alias is supported only for containers in user defined networks", With("f", "bridge", new EndpointSettings { Aliases = ["x"] }));
        await Refused("network nix not found", With("g", "nix", new EndpointSettings()));

        SandboxRequest With(string name, string to, EndpointSettings with) =>
            network.Request(name, to) with { Endpoints = new Dictionary<string, EndpointSettings> { [to] = with } };
        static EndpointSettings At(string address) => new() { IPAMConfig = new EndpointIpamConfig { IPv4Address = address } };
        async Task Refused(string sentence, SandboxRequest request) => Assert.Equal(
            sentence, (await Assert.ThrowsAsync<EngineException>(() => network.Service.CreateSandboxAsync(request, CancellationToken.None))).Message);
    }

    [LinuxFact(Needs.Network)]
    public async Task What_cannot_work_is_refused_before_a_container_is_made()
    {
        using TestNetwork network = await new TestNetwork().RestoredAsync();

        EngineException e = Assert.Throws<EngineException>(() => network.Service.Validate("bridge", new EndpointSettings { Aliases = ["x"] }));

        Assert.Equal(
            "invalid config for network bridge: invalid endpoint settings:\nnetwork-scoped alias is supported only for containers in user defined networks", e.Message);
        network.Service.Validate("not-yet-there", new EndpointSettings { Aliases = ["x"] });
    }

    [LinuxFact(Needs.Network)]
    public async Task A_full_network_refuses_and_a_freed_address_comes_again()
    {
        using TestNetwork network = await new TestNetwork(o => o with { BridgeIp = "10.0.0.1/30" }).RestoredAsync();
        Sandbox only = await network.RunAsync("a");

        EngineException e = await Assert.ThrowsAsync<EngineException>(() => network.RunAsync("b"));
        await network.Service.RemoveSandboxAsync(only, CancellationToken.None);
        Sandbox next = await network.RunAsync("c");

        Assert.StartsWith("no available IPv4 addresses", e.Message, StringComparison.Ordinal);
        Assert.Equal("10.0.0.2", next.Endpoints["bridge"].IPAddress);
    }

    [LinuxFact(Needs.Network)]
    public async Task Removing_leaves_nothing_and_may_be_repeated()
    {
        using TestNetwork network = await new TestNetwork().RestoredAsync();
        string[] before = Links(network);
        Sandbox sandbox = await network.RunAsync("web", ports: ("80/tcp", "8080"));
        await network.Service.RemoveSandboxAsync(sandbox, CancellationToken.None);
        await network.Service.RemoveSandboxAsync(sandbox, CancellationToken.None);
        network.Service.Settle();

        Assert.Equal(before, Links(network));
        Assert.Empty(Directory.GetFiles(network.Paths.NetworkNamespaces));
        Assert.DoesNotContain("8080", TestFirewall.List(network, "berth"), StringComparison.Ordinal);
        Assert.Empty(network.Service.Inspect("bridge", null).Containers!);
    }

    [LinuxFact(Needs.Network)]
    public async Task Removing_once_too_often_takes_nothing_from_a_successor()
    {
        using TestNetwork network = await new TestNetwork().RestoredAsync();
        Sandbox old = await network.RunAsync("old", ports: ("80/tcp", "8080"));
        await network.Service.RemoveSandboxAsync(old, CancellationToken.None);
        network.Service.Settle();
        Sandbox heir = await network.RunAsync("heir", ports: ("80/tcp", "8080"));
        network.ServeTcp(heir.NamespacePath!, 80, "heir");
        Assert.Equal(old.Endpoints["bridge"].IPAddress, heir.Endpoints["bridge"].IPAddress);

        await network.Service.RemoveSandboxAsync(old, CancellationToken.None);

        Assert.NotNull(network.InNeighbour(() => TestNetwork.TryCall(TestNetwork.HostAddress, 8080)));
        Assert.NotEqual(heir.Endpoints["bridge"].IPAddress, (await network.RunAsync("next")).Endpoints["bridge"].IPAddress);
    }

    [LinuxFact(Needs.Network)]
    public async Task A_container_that_starts_again_gets_its_address_back()
    {
        using TestNetwork network = await new TestNetwork().RestoredAsync();
        SandboxRequest request = network.Request("web");
        Sandbox before = await network.Service.CreateSandboxAsync(request, CancellationToken.None);
        await network.Service.RemoveSandboxAsync(before, CancellationToken.None);

        Sandbox after = await network.Service.CreateSandboxAsync(request, CancellationToken.None);

        Assert.Equal(before.Endpoints["bridge"].IPAddress, after.Endpoints["bridge"].IPAddress);
    }

    [LinuxFact(Needs.Network)]
    public async Task A_bridge_that_somebody_took_away_is_made_again_for_the_next_container()
    {
        using TestNetwork network = await new TestNetwork().RestoredAsync();
        var batch = new NetlinkBatch();
        batch.DeleteLink("berth0");
        network.Host.Netlink.Execute(batch);

        Sandbox web = await network.RunAsync("web");
        network.ServeTcp(web.NamespacePath!, 80, "web");

        Assert.NotNull(network.InHost(() => TestNetwork.TryCall(TestNetwork.AddressOf(web), 80)));
    }

    [LinuxFact(Needs.Network)]
    public async Task The_default_route_follows_priority_then_name()
    {
        using TestNetwork network = await new TestNetwork().RestoredAsync();
        foreach (string name in (string[])["a-net", "b-net"])
        {
            await network.Service.CreateAsync(new NetworkCreateRequest { Name = name }, CancellationToken.None);
        }

        Sandbox byName = await network.Service.CreateSandboxAsync(Both("one", 0), CancellationToken.None);
        Sandbox byPriority = await network.Service.CreateSandboxAsync(Both("two", 5), CancellationToken.None);

        Assert.Equal("172.18.0.1", Look(byName).Default.Gateway!.ToString());
        Assert.Equal("172.19.0.1", Look(byPriority).Default.Gateway!.ToString());
        Assert.Equal(["eth0", "eth1", "lo"], Look(byName).Links);

        SandboxRequest Both(string name, long priority) => network.Request(name, "b-net") with
        {
            Endpoints = new Dictionary<string, EndpointSettings> { ["b-net"] = new() { GwPriority = priority }, ["a-net"] = new() },
        };
    }

    [LinuxFact(Needs.Network)]
    public async Task A_running_container_joins_and_leaves_networks()
    {
        using TestNetwork network = await new TestNetwork().RestoredAsync();
        await network.Service.CreateAsync(new NetworkCreateRequest { Name = "a-net" }, CancellationToken.None);
        Sandbox alone = await network.RunAsync("web", "bridge", ("80/tcp", "8080"));
        Sandbox peer = await network.RunAsync("peer", "a-net");
        network.ServeTcp(peer.NamespacePath!, 80, "peer");
        network.ServeTcp(alone.NamespacePath!, 80, "web");

        Sandbox joined = await network.Service.ConnectAsync(alone, "a-net", new EndpointSettings { Aliases = ["www"] }, CancellationToken.None);

        Assert.Equal(["eth0", "eth1", "lo"], Look(joined).Links);
        Assert.Equal("172.18.0.1", Look(joined).Default.Gateway!.ToString());
        Assert.NotNull(TestNetwork.In(joined, () => TestNetwork.TryCall(TestNetwork.AddressOf(peer, "a-net"), 80)));
        Assert.NotNull(network.InNeighbour(() => TestNetwork.TryCall(TestNetwork.HostAddress, 8080)));
        EngineException again = await Assert.ThrowsAsync<EngineException>(() => network.Service.ConnectAsync(joined, "a-net", new EndpointSettings(), CancellationToken.None));
        Assert.Equal("endpoint with name web already exists in network a-net", again.Message);

        Sandbox left = await network.Service.DisconnectAsync(joined, "a-net", CancellationToken.None);

        Assert.Equal(["bridge"], left.Endpoints.Keys);
        Assert.Equal(["eth0", "lo"], Look(left).Links);
        Assert.Equal("172.17.0.1", Look(left).Default.Gateway!.ToString());
        Assert.NotNull(network.InNeighbour(() => TestNetwork.TryCall(TestNetwork.HostAddress, 8080)));
        EngineException gone = await Assert.ThrowsAsync<EngineException>(() => network.Service.DisconnectAsync(left, "a-net", CancellationToken.None));
        Assert.Equal($"container {left.ContainerId} is not connected to network a-net", gone.Message);
    }

    [LinuxFact(Needs.Network)]
    public async Task A_container_that_was_inside_only_publishes_once_it_gets_a_way_out()
    {
        using TestNetwork network = await new TestNetwork().RestoredAsync();
        await network.Service.CreateAsync(new NetworkCreateRequest { Name = "vault", Internal = true }, CancellationToken.None);
        Sandbox safe = await network.RunAsync("safe", "vault", ("80/tcp", "8080"));
        network.ServeTcp(safe.NamespacePath!, 80, "safe");

        Sandbox open = await network.Service.ConnectAsync(safe, "bridge", new EndpointSettings(), CancellationToken.None);

        Assert.Equal("8080", open.Ports["80/tcp"]![0].HostPort);
        Assert.NotNull(network.InNeighbour(() => TestNetwork.TryCall(TestNetwork.HostAddress, 8080)));
        Sandbox closed = await network.Service.DisconnectAsync(open, "bridge", CancellationToken.None);
        Assert.Null(network.InNeighbour(() => TestNetwork.TryCall(TestNetwork.HostAddress, 8080)));
        Assert.Equal(["vault"], closed.Endpoints.Keys);
    }

    [LinuxFact(Needs.Network)]
    public async Task Host_and_none_join_nothing_else()
    {
        using TestNetwork network = await new TestNetwork().RestoredAsync();
        Sandbox host = await network.RunAsync("a", "host");
        Sandbox none = await network.RunAsync("b", "none");
        Sandbox web = await network.RunAsync("c");

        foreach ((Sandbox sandbox, string to) in ((Sandbox, string)[])[(host, "bridge"), (none, "bridge"), (web, "host"), (web, "none")])
        {
            EngineException e = await Assert.ThrowsAsync<EngineException>(() => network.Service.ConnectAsync(sandbox, to, new EndpointSettings(), CancellationToken.None));
            Assert.Equal(ErrorKind.Forbidden, e.Kind);
        }
    }

    private static (string[] Links, string[] Addresses, Route Default) Look(Sandbox sandbox)
    {
        using NetlinkSocket netlink = TestNetwork.In(sandbox, NetlinkSocket.OpenRoute);
        return (
            [.. netlink.ListLinks().Where(link => link.Name == "lo" || link.Kind == "veth").Select(link => link.Name).Order()],
            [.. netlink.ListAddresses().Select(a => $"{a.Address}/{a.PrefixLength}").Order()],
            netlink.ListRoutes().FirstOrDefault(r => r.PrefixLength == 0) ?? new Route(IPAddress.Any, 0, null, 0));
    }

    private static void SetDefaultRoute(Sandbox sandbox, IPAddress gateway)
    {
        using NetlinkSocket netlink = TestNetwork.In(sandbox, NetlinkSocket.OpenRoute);
        var batch = new NetlinkBatch();
        batch.ReplaceDefaultRoute(gateway);
        netlink.Execute(batch);
    }

    private static string[] Links(TestNetwork network) => [.. network.Host.Netlink.ListLinks().Select(link => link.Name)];
}
