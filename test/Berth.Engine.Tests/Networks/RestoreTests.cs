using System.Net;
using Berth.Api.Networks;
using Berth.Engine.Networks;
using Berth.Linux.Namespaces;
using Berth.Linux.Netlink;
using Berth.TestHost;

namespace Berth.Engine.Tests.Networks;

public sealed class RestoreTests
{
    [LinuxFact(Needs.Network)]
    public async Task What_ran_before_a_crash_runs_on_and_is_known_again()
    {
        using TestNetwork network = await new TestNetwork().RestoredAsync();
        await network.Service.CreateAsync(new NetworkCreateRequest { Name = "front" }, CancellationToken.None);
        Sandbox web = await network.RunAsync("web", "front", ("80/tcp", "8080"), ("81/tcp", ""));
        network.ServeTcp(web.NamespacePath!, 80, "web");
        string chosen = web.Ports["81/tcp"]![0].HostPort;

        network.Restart();
        Assert.NotNull(Call(network));
        await network.Service.RestoreAsync(CancellationToken.None);
        Assert.NotNull(Call(network));
        await network.Service.AdoptAsync([web], CancellationToken.None);
        Assert.NotNull(Call(network));

        Assert.Equal(["web"], network.Service.Inspect("front", null).Containers!.Values.Select(c => c!.Name));
        Sandbox next = await network.RunAsync("next", "front");
        Assert.NotEqual(web.Endpoints["front"].IPAddress, next.Endpoints["front"].IPAddress);
        await Assert.ThrowsAsync<EngineException>(() => network.RunAsync("thief", "front", ("80/tcp", "8080")));
        await Assert.ThrowsAsync<EngineException>(() => network.RunAsync("thief", "front", ("80/tcp", chosen)));
        await network.Service.RemoveSandboxAsync(web, CancellationToken.None);
        Assert.Null(Call(network));
        await network.RunAsync("heir", "front", ("80/tcp", "8080"));

        static string? Call(TestNetwork network) => network.InNeighbour(() => TestNetwork.TryCall(TestNetwork.HostAddress, 8080));
    }

    [LinuxFact(Needs.Network)]
    public async Task What_belongs_to_nobody_after_a_crash_is_removed()
    {
        using TestNetwork network = await new TestNetwork().RestoredAsync();
        Sandbox dead = await network.RunAsync("dead", "bridge", ("80/tcp", "8080"));
        Sandbox alive = await network.RunAsync("alive");

        network.Restart();
        await network.Service.RestoreAsync(CancellationToken.None);
        await network.Service.AdoptAsync([alive], CancellationToken.None);

        Assert.False(File.Exists(dead.NamespacePath));
        Assert.Equal(["veth" + alive.Endpoints["bridge"].EndpointID[..11], "wire"], Cables(network));
        Assert.DoesNotContain("8080", TestFirewall.List(network, "berth"), StringComparison.Ordinal);
        Assert.Equal("172.17.0.2", (await network.RunAsync("next")).Endpoints["bridge"].IPAddress);
    }

    [LinuxFact(Needs.Network)]
    public async Task Rules_that_somebody_flushed_are_back_after_a_restart()
    {
        using TestNetwork network = await new TestNetwork().RestoredAsync();
        Sandbox web = await network.RunAsync("web", "bridge", ("80/tcp", "8080"));
        string before = TestFirewall.ListAll(network);
        TestFirewall.Run(network, "flush ruleset");

        network.Restart();
        await network.Service.RestoreAsync(CancellationToken.None);
        await network.Service.AdoptAsync([web], CancellationToken.None);

        Assert.Equal(before, TestFirewall.ListAll(network));
    }

    [LinuxFact(Needs.Network)]
    public async Task Networks_whose_bridge_a_reboot_took_are_made_again()
    {
        using TestNetwork network = await new TestNetwork().RestoredAsync();
        string id = (await network.Service.CreateAsync(new NetworkCreateRequest { Name = "front" }, CancellationToken.None)).Id;
        var batch = new NetlinkBatch();
        batch.DeleteLink("berth0");
        batch.DeleteLink($"br-{id[..12]}");
        network.Host.Netlink.Execute(batch);
        TestFirewall.Run(network, "flush ruleset");

        network.Restart();
        await network.RestoredAsync();
        Sandbox web = await network.RunAsync("web", "front", ("80/tcp", "8080"));
        network.ServeTcp(web.NamespacePath!, 80, "web");

        Assert.NotNull(network.InNeighbour(() => TestNetwork.TryCall(TestNetwork.HostAddress, 8080)));
    }

    [LinuxFact(Needs.Network)]
    public async Task Two_daemons_on_one_host_leave_each_other_alone()
    {
        using TestNetwork one = await new TestNetwork().RestoredAsync();
        using TestNetwork two = await new TestNetwork(one, o => o with { BridgeName = "second0", DefaultAddressPools = [new("10.77.0.0/16", 24)] }).RestoredAsync();
        Sandbox first = await one.RunAsync("first", "bridge", ("80/tcp", "8080"));
        Sandbox second = await two.RunAsync("second", "bridge", ("80/tcp", "8081"));
        one.ServeTcp(first.NamespacePath!, 80, "first");
        one.ServeTcp(second.NamespacePath!, 80, "second");

        EngineException e = await Assert.ThrowsAsync<EngineException>(() => two.RunAsync("thief", "bridge", ("80/tcp", "8080")));
        Assert.EndsWith("failed to bind host port 0.0.0.0:8080/tcp: address already in use", e.Message, StringComparison.Ordinal);
        two.Restart();
        await two.Service.RestoreAsync(CancellationToken.None);
        await two.Service.AdoptAsync([], CancellationToken.None);

        Assert.StartsWith("first", one.InNeighbour(() => TestNetwork.TryCall(TestNetwork.HostAddress, 8080)), StringComparison.Ordinal);
        Assert.Null(one.InNeighbour(() => TestNetwork.TryCall(TestNetwork.HostAddress, 8081)));
        Assert.Null(one.InHost(() => TestNetwork.TryCall(IPAddress.Parse("10.77.0.2"), 80)));
        Assert.Contains("berth-second0", TestFirewall.ListAll(one), StringComparison.Ordinal);
    }

    [LinuxFact(Needs.Network)]
    public async Task A_namespace_that_a_crash_left_under_a_containers_id_is_replaced()
    {
        using TestNetwork network = await new TestNetwork().RestoredAsync();
        SandboxRequest request = network.Request("web");
        NetNamespace.Create(network.Paths.NetworkNamespace(request.ContainerId), _ => true);

        Sandbox web = await network.Service.CreateSandboxAsync(request, CancellationToken.None);

        using NetlinkSocket netlink = TestNetwork.In(web, NetlinkSocket.OpenRoute);
        Assert.NotNull(netlink.FindLink("eth0"));
    }

    private static IEnumerable<string> Cables(TestNetwork network) =>
        network.Host.Netlink.ListLinks().Where(link => link.Kind == "veth").Select(link => link.Name).Order();
}
