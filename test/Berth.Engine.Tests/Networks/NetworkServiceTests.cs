using System.Text.Json;
using Berth.Api;
using Berth.Api.Events;
using Berth.Api.Networks;
using Berth.Engine.Networks;
using Berth.Linux.Netlink;
using Berth.TestHost;

namespace Berth.Engine.Tests.Networks;

public sealed class NetworkServiceTests
{
    [LinuxFact(Needs.Network)]
    public async Task The_default_networks_are_there_and_keep_their_ids()
    {
        using TestNetwork network = await new TestNetwork().RestoredAsync();
        Dictionary<string, string> before = network.Service.List(Filters.None).ToDictionary(n => n.Name, n => n.Id);
        network.Restart();
        await network.RestoredAsync();

        Assert.Equal(["bridge", "host", "none"], before.Keys.Order());
        Assert.Equal(before, network.Service.List(Filters.None).ToDictionary(n => n.Name, n => n.Id));
    }

    [LinuxFact(Needs.Network)]
    public async Task The_default_bridge_looks_like_Dockers()
    {
        using TestNetwork network = await new TestNetwork().RestoredAsync();

        NetworkInspect bridge = network.Service.Inspect("bridge", null);

        Assert.Equal(("bridge", "local", true, false, false), (bridge.Driver, bridge.Scope, bridge.EnableIPv4, bridge.EnableIPv6, bridge.Internal));
        Assert.Equal(new IpamConfig { Subnet = "172.17.0.0/16", Gateway = "172.17.0.1" }, Assert.Single(bridge.IPAM!.Config!));
        Assert.Equal("berth0", bridge.Options!["com.docker.network.bridge.name"]);
        Assert.Equal("true", bridge.Options["com.docker.network.bridge.default_bridge"]);
        Assert.True(IsUp(network, "berth0"));
    }

    [LinuxFact(Needs.Network)]
    public async Task The_default_bridge_stays_clear_of_the_hosts_networks_and_takes_the_operators_address()
    {
        using TestNetwork network = new(o => o with { DefaultAddressPools = [new("198.51.100.0/23", 24)] });
        await network.RestoredAsync();
        Assert.Equal("198.51.101.0/24", Subnet(network, "bridge"));

        network.Restart(o => o with { BridgeIp = "10.9.8.7/24" });
        await network.RestoredAsync();
        Assert.Equal("10.9.8.0/24", Subnet(network, "bridge"));
        Assert.Equal(["10.9.8.7"], AddressesOf(network, "berth0"));
    }

    [LinuxFact(Needs.Network)]
    public async Task Addresses_of_the_default_bridge_come_from_the_operators_part_of_it()
    {
        using TestNetwork network = new(o => o with { BridgeIp = "10.9.8.7/24", FixedCidr = "10.9.8.128/25" });
        await network.RestoredAsync();
        Assert.Equal(
            new IpamConfig { Subnet = "10.9.8.0/24", IPRange = "10.9.8.128/25", Gateway = "10.9.8.7" },
            Assert.Single(network.Service.Inspect("bridge", null).IPAM!.Config!));
        Assert.StartsWith("10.9.8.1", (await network.RunAsync("web")).Endpoints["bridge"].IPAddress, StringComparison.Ordinal);

        network.Restart(o => o with { BridgeIp = null, FixedCidr = "10.9.7.0/24" });
        await network.RestoredAsync();
        Assert.Equal(["10.9.7.1"], AddressesOf(network, "berth0"));

        network.Restart(o => o with { BridgeIp = "10.9.6.1/24" });
        EngineException refusal = await Assert.ThrowsAsync<EngineException>(() => network.RestoredAsync());
        Assert.Equal("invalid fixed-cidr: 10.9.7.0/24 is no part of the default bridge's network 10.9.6.0/24", refusal.Message);
    }

    [LinuxFact(Needs.Network)]
    public async Task A_new_network_has_the_daemons_options_where_it_does_not_say_otherwise()
    {
        var defaults = new Dictionary<string, IReadOnlyDictionary<string, string>> { ["bridge"] = Map((BridgeOptions.MtuLabel, "1400"), (BridgeOptions.IccLabel, "false")) };
        using TestNetwork network = await new TestNetwork(o => o with { DefaultNetworkOptions = defaults }).RestoredAsync();

        await network.Service.CreateAsync(new NetworkCreateRequest { Name = "front", Options = Map((BridgeOptions.MtuLabel, "1300")) }, CancellationToken.None);

        Assert.Equal(
            [(BridgeOptions.IccLabel, "false"), (BridgeOptions.MtuLabel, "1300")],
            network.Service.Inspect("front", null).Options!.Select(option => (option.Key, option.Value)).Order());
        Assert.Equal("1500", network.Service.Inspect("bridge", null).Options![BridgeOptions.MtuLabel]);
    }

    [LinuxFact(Needs.Network)]
    public async Task A_network_is_created_seen_and_removed_in_kernel_and_state()
    {
        using TestNetwork network = await new TestNetwork().RestoredAsync();

        string id = (await network.Service.CreateAsync(new NetworkCreateRequest { Name = "front", Labels = Map(("a", "b")) }, CancellationToken.None)).Id;

        NetworkInspect seen = network.Service.Inspect(id[..5], null);
        Assert.Equal(("front", id, "bridge", "172.18.0.0/16"), (seen.Name, seen.Id, seen.Driver, seen.IPAM!.Config![0].Subnet));
        Assert.True(IsUp(network, $"br-{id[..12]}"));
        await network.Service.RemoveAsync("front", CancellationToken.None);
        Assert.Null(network.Host.Netlink.FindLink($"br-{id[..12]}"));
        Assert.Throws<EngineException>(() => network.Service.Inspect("front", null));
        network.Restart();
        await network.RestoredAsync();
        Assert.Throws<EngineException>(() => network.Service.Inspect(id, null));
    }

    [LinuxFact(Needs.Network)]
    public async Task Everything_that_a_network_was_created_with_is_kept()
    {
        using TestNetwork network = await new TestNetwork().RestoredAsync();
        var request = new NetworkCreateRequest
        {
            Name = "s1",
            Internal = true,
            Attachable = true,
            IPAM = new Ipam
            {
                Config = [new IpamConfig { Subnet = "10.1.0.0/16", IPRange = "10.1.5.0/24", Gateway = "10.1.0.9", AuxiliaryAddresses = Map(("r", "10.1.5.0")) }],
            },
            Options = Map(("com.docker.network.bridge.name", "sbr1"), ("com.docker.network.driver.mtu", "1400")),
        };
        await network.Service.CreateAsync(request, CancellationToken.None);
        network.Restart();
        await network.RestoredAsync();

        Sandbox sandbox = await network.RunAsync("c", "s1");
        NetworkInspect seen = network.Service.Inspect("s1", "local");

        Assert.Equal(("10.1.5.1", 16L, "", "02:42:0a:01:05:01"), (sandbox.Endpoints["s1"].IPAddress, sandbox.Endpoints["s1"].IPPrefixLen, sandbox.Endpoints["s1"].Gateway, sandbox.Endpoints["s1"].MacAddress));
        Assert.True(seen is { Internal: true, Attachable: true });
        Assert.Equal(JsonSerializer.Serialize(request.IPAM.Config, ApiOptions), JsonSerializer.Serialize(seen.IPAM!.Config, ApiOptions));
        Assert.Equal(request.Options, seen.Options);
        Assert.Equal(1400, network.Host.Netlink.ListLinks().Single(link => link.Kind == "veth" && link.Name != "wire").Mtu);
        Assert.True(IsUp(network, "sbr1"));
    }

    [LinuxTheory(Needs.Network)]
    [InlineData("", "", null, ErrorKind.InvalidParameter, "invalid name: ")]
    [InlineData("bridge", "", null, ErrorKind.Forbidden, "operation is not permitted on predefined bridge network ")]
    [InlineData("default", "", null, ErrorKind.Forbidden, "operation is not permitted on predefined default network ")]
    [InlineData("taken", "", null, ErrorKind.Conflict, "network with name taken already exists")]
    [InlineData("x", "foo", null, ErrorKind.NotFound, "plugin \"foo\" not found")]
    [InlineData("x", "host", null, ErrorKind.Forbidden, "only one instance of \"host\" network is allowed")]
    [InlineData("x", "", "10.1.3.0/24", ErrorKind.Forbidden, "invalid pool request: Pool overlaps with other one on this address space")]
    [InlineData("x", "", "10.1.3.1/24", ErrorKind.InvalidParameter, "invalid network config:\ninvalid subnet 10.1.3.1/24: it should be 10.1.3.0/24")]
    public async Task What_cannot_be_created_is_refused_in_Dockers_words(string name, string driver, string? subnet, ErrorKind kind, string sentence)
    {
        using TestNetwork network = await new TestNetwork().RestoredAsync();
        await network.Service.CreateAsync(
            new NetworkCreateRequest { Name = "taken", IPAM = new Ipam { Config = [new IpamConfig { Subnet = "10.1.0.0/16" }] } }, CancellationToken.None);

        EngineException e = await Assert.ThrowsAsync<EngineException>(() => network.Service.CreateAsync(
            new NetworkCreateRequest { Name = name, Driver = driver, IPAM = subnet is null ? null : new Ipam { Config = [new IpamConfig { Subnet = subnet }] } },
            CancellationToken.None));

        Assert.Equal((kind, sentence), (e.Kind, e.Message));
    }

    [LinuxFact(Needs.Network)]
    public async Task What_this_engine_does_not_have_is_refused_not_ignored()
    {
        using TestNetwork network = await new TestNetwork().RestoredAsync();
        NetworkCreateRequest[] requests =
        [
            new() { Name = "x", EnableIPv6 = true },
            new() { Name = "x", EnableIPv4 = false },
            new() { Name = "x", ConfigOnly = true },
            new() { Name = "x", Scope = "swarm" },
            new() { Name = "x", IPAM = new Ipam { Driver = "foo" } },
            new() { Name = "x", Options = Map(("com.docker.network.bridge.gateway_mode_ipv4", "routed")) },
            new() { Name = "x", Options = Map(("com.docker.network.bridge.enable_icc", "maybe")) },
            new() { Name = "x", Options = Map(("com.docker.network.bridge.name", "a/b")) },
            new() { Name = "x", Options = Map(("com.docker.network.bridge.name", "longer-than-fifteen")) },
            new() { Name = "x", Options = Map(("com.docker.network.bridge.name", "berth0")) },
            new() { Name = "x", Options = Map(("com.docker.network.driver.mtu", "10")) },
            new() { Name = "x", IPAM = new Ipam { Config = [new IpamConfig { Subnet = "10.0.0.0/24" }, new IpamConfig { Subnet = "10.0.1.0/24" }] } },
        ];

        foreach (NetworkCreateRequest request in requests)
        {
            EngineException e = await Assert.ThrowsAsync<EngineException>(() => network.Service.CreateAsync(request, CancellationToken.None));
            Assert.NotEqual(ErrorKind.System, e.Kind);
        }

        Assert.Equal(3, network.Service.List(Filters.None).Count);
    }

    [LinuxFact(Needs.Network)]
    public async Task A_network_with_a_running_container_cannot_be_removed()
    {
        using TestNetwork network = await new TestNetwork().RestoredAsync();
        string id = (await network.Service.CreateAsync(new NetworkCreateRequest { Name = "front" }, CancellationToken.None)).Id;
        Sandbox sandbox = await network.RunAsync("web", "front");

        EngineException e = await Assert.ThrowsAsync<EngineException>(() => network.Service.RemoveAsync("front", CancellationToken.None));

        Assert.Equal($"error while removing network: network front id {id} has active endpoints", e.Message);
        Assert.Equal(ErrorKind.Forbidden, e.Kind);
        await network.Service.RemoveSandboxAsync(sandbox, CancellationToken.None);
        await network.Service.RemoveAsync("front", CancellationToken.None);
    }

    [LinuxFact(Needs.Network)]
    public async Task Predefined_and_unknown_networks_cannot_be_removed()
    {
        using TestNetwork network = await new TestNetwork().RestoredAsync();

        EngineException predefined = await Assert.ThrowsAsync<EngineException>(() => network.Service.RemoveAsync("bridge", CancellationToken.None));
        EngineException unknown = await Assert.ThrowsAsync<EngineException>(() => network.Service.RemoveAsync("nix", CancellationToken.None));

        Assert.Equal((ErrorKind.Forbidden, "bridge is a pre-defined network and cannot be removed"), (predefined.Kind, predefined.Message));
        Assert.Equal((ErrorKind.NotFound, "network nix not found"), (unknown.Kind, unknown.Message));
    }

    [LinuxTheory(Needs.Network)]
    [InlineData("{\"name\":[\"fro\"]}", "front")]
    [InlineData("{\"name\":[\"^back$\"]}", "back")]
    [InlineData("{\"driver\":[\"null\"]}", "none")]
    [InlineData("{\"label\":[\"tier=1\"]}", "front")]
    [InlineData("{\"label\":[\"tier\"]}", "back front")]
    [InlineData("{\"label\":[\"tier\",\"blue\"]}", "back")]
    [InlineData("{\"type\":[\"custom\"]}", "back front")]
    [InlineData("{\"type\":[\"builtin\"]}", "bridge host none")]
    [InlineData("{\"dangling\":[\"true\"]}", "front")]
    [InlineData("{\"dangling\":[\"false\"]}", "back bridge host none")]
    [InlineData("{\"scope\":[\"swarm\"]}", "")]
    public async Task Filters_choose_as_Dockers_do(string filters, string expected)
    {
        using TestNetwork network = await new TestNetwork().RestoredAsync();
        await network.Service.CreateAsync(new NetworkCreateRequest { Name = "front", Labels = Map(("tier", "1")) }, CancellationToken.None);
        await network.Service.CreateAsync(new NetworkCreateRequest { Name = "back", Labels = Map(("tier", "2"), ("blue", "")) }, CancellationToken.None);
        await network.RunAsync("db", "back");

        Assert.Equal(expected, string.Join(' ', network.Service.List(Filters.Parse(filters)).Select(n => n.Name).Order()));
    }

    [LinuxTheory(Needs.Network)]
    [InlineData("{\"nix\":[\"1\"]}", "invalid filter 'nix'")]
    [InlineData("{\"type\":[\"foo\"]}", "invalid filter 'type=[foo]'")]
    [InlineData("{\"dangling\":[\"perhaps\"]}", "invalid filter 'dangling=[perhaps]'")]
    public async Task Filters_that_do_not_exist_are_refused(string filters, string sentence)
    {
        using TestNetwork network = await new TestNetwork().RestoredAsync();

        EngineException e = Assert.Throws<EngineException>(() => network.Service.List(Filters.Parse(filters)));

        Assert.Equal((ErrorKind.InvalidParameter, sentence), (e.Kind, e.Message));
    }

    [LinuxFact(Needs.Network)]
    public async Task Events_tell_what_dockerd_tells()
    {
        using TestNetwork network = await new TestNetwork().RestoredAsync();
        string id = (await network.Service.CreateAsync(new NetworkCreateRequest { Name = "front" }, CancellationToken.None)).Id;
        Sandbox sandbox = await network.RunAsync("web", "front");
        await network.Service.RemoveSandboxAsync(sandbox, CancellationToken.None);
        await network.Service.RemoveAsync(id, CancellationToken.None);

        var told = new List<string>();
        await foreach (EventMessage message in network.Events.SubscribeAsync(Filters.None, DateTimeOffset.UnixEpoch, null, CancellationToken.None))
        {
            told.Add($"{message.Type} {message.Action} {message.Actor!.ID == id} "
                + string.Join(' ', message.Actor.Attributes!.OrderBy(a => a.Key).Select(a => $"{a.Key}={a.Value}")));
            if (told.Count == 4)
            {
                break;
            }
        }

        Assert.Equal(
            [
                "network create True name=front type=bridge",
                $"network connect True container={sandbox.ContainerId} name=front type=bridge",
                $"network disconnect True container={sandbox.ContainerId} name=front type=bridge",
                "network destroy True name=front type=bridge",
            ],
            told);
    }

    private static readonly JsonSerializerOptions ApiOptions = new() { TypeInfoResolver = ApiJson.Default };

    private static Dictionary<string, string> Map(params (string Key, string Value)[] pairs) => pairs.ToDictionary(p => p.Key, p => p.Value);

    private static string? Subnet(TestNetwork network, string name) => network.Service.Inspect(name, null).IPAM!.Config![0].Subnet;

    private static bool IsUp(TestNetwork network, string link) => network.Host.Netlink.FindLink(link) is { Kind: "bridge", IsUp: true };

    private static IEnumerable<string> AddressesOf(TestNetwork network, string link)
    {
        int index = network.Host.Netlink.FindLink(link)!.Index;
        return network.Host.Netlink.ListAddresses().Where(a => a.LinkIndex == index).Select(a => a.Address.ToString());
    }
}
