using System.Net;
using System.Net.NetworkInformation;
using Berth.Linux.Namespaces;
using Berth.Linux.Netlink;
using Berth.TestHost;
using Microsoft.Win32.SafeHandles;

namespace Berth.Linux.Tests.Netlink;

public sealed class NetlinkSocketTests : IDisposable
{
    private static readonly PhysicalAddress Mac = PhysicalAddress.Parse("02:42:00:00:00:01");
    private readonly ScratchDirectory _scratch = new();
    private readonly List<string> _pins = [];

    [LinuxFact(Needs.Network)]
    public void A_bridge_a_cable_and_an_address_are_made_in_one_go_and_found()
    {
        using NetlinkSocket host = Namespace("host");
        using NetlinkSocket inside = Namespace("inside");
        using SafeFileHandle peer = NetNamespace.Open(_pins[1]);
        Execute(host, b => b.AddBridge("br0", Mac, 1400));
        Link bridge = host.FindLink("br0")!;

        Execute(host, b =>
        {
            b.AddVeth(new VethPair { Name = "v0", BridgeIndex = bridge.Index, PeerName = "eth0", PeerMac = Mac, Mtu = 1400 }, peer);
            b.SetPort("v0", reflects: true, isIsolated: true);
            b.SetUp("v0");
            b.AddAddress(bridge.Index, IPAddress.Parse("10.0.0.1"), 24, IPAddress.Parse("10.0.0.255"));
        });

        Assert.Equal(new Link(bridge.Index, "br0", "bridge", 0, 1400, true), bridge);
        Assert.Equal(("veth", bridge.Index, true), (host.FindLink("v0")!.Kind, host.FindLink("v0")!.MasterIndex, host.FindLink("v0")!.IsUp));
        Assert.True(inside.FindLink("eth0") is { Kind: "veth", IsUp: false });
        Assert.Equal([new InterfaceAddress(bridge.Index, IPAddress.Parse("10.0.0.1"), 24)], host.ListAddresses());
        Assert.Contains(new Route(IPAddress.Parse("10.0.0.0"), 24, null, bridge.Index), host.ListRoutes());
    }

    [LinuxFact(Needs.Network)]
    public void A_default_route_replaces_another_and_goes_away()
    {
        using NetlinkSocket host = Namespace("host");
        Execute(host, b => b.AddBridge("br0", Mac, 1500));
        Execute(host, b => b.AddAddress(host.FindLink("br0")!.Index, IPAddress.Parse("10.0.0.1"), 24, IPAddress.Parse("10.0.0.255")));

        Execute(host, b => b.ReplaceDefaultRoute(IPAddress.Parse("10.0.0.2")));
        Execute(host, b => b.ReplaceDefaultRoute(IPAddress.Parse("10.0.0.3")));
        Assert.Equal("10.0.0.3", Assert.Single(host.ListRoutes(), r => r.PrefixLength == 0).Gateway!.ToString());
        Execute(host, b => b.DeleteDefaultRoute());
        Assert.DoesNotContain(host.ListRoutes(), r => r.PrefixLength == 0);
    }

    [LinuxFact(Needs.Network)]
    public void A_refusal_names_request_subject_and_errno()
    {
        using NetlinkSocket host = Namespace("host");
        Execute(host, b => b.AddBridge("br0", Mac, 1500));

        LinuxException twice = Assert.Throws<LinuxException>(() => Execute(host, b => b.AddBridge("br0", Mac, 1500)));
        LinuxException missing = Assert.Throws<LinuxException>(() => Execute(host, b => b.DeleteLink("nix")));

        Assert.Equal(("RTM_NEWLINK", Errno.EEXIST), (twice.Call, twice.Errno));
        Assert.StartsWith("br0", twice.Path, StringComparison.Ordinal);
        Assert.Equal(("RTM_DELLINK", Errno.ENODEV), (missing.Call, missing.Errno));
    }

    [LinuxFact(Needs.Network)]
    public void The_kernels_explanation_is_passed_on()
    {
        using NetlinkSocket host = Namespace("host");

        LinuxException e = Assert.Throws<LinuxException>(() => Execute(host, b => b.ReplaceDefaultRoute(IPAddress.Parse("203.0.113.1"))));

        Assert.Equal("default via 203.0.113.1 (Nexthop has invalid gateway)", e.Path);
    }

    [LinuxFact(Needs.Network)]
    public void One_failure_does_not_stop_the_rest_of_a_batch()
    {
        using NetlinkSocket host = Namespace("host");
        var batch = new NetlinkBatch();
        batch.DeleteLink("nix");
        batch.AddBridge("br0", Mac, 1500);

        Assert.Equal(Errno.ENODEV, host.TryExecute(batch)!.Errno);
        Assert.NotNull(host.FindLink("br0"));
    }

    [LinuxFact(Needs.Network)]
    public void What_is_not_there_is_not_found()
    {
        using NetlinkSocket host = Namespace("host");

        Assert.Null(host.FindLink("nix"));
        Assert.Contains(host.ListLinks(), link => link.Name == "lo");
    }

    [LinuxFact(Needs.Network)]
    public void Many_interfaces_do_not_fit_one_answer_and_are_all_listed()
    {
        using NetlinkSocket host = Namespace("host");
        Execute(host, b =>
        {
            for (int i = 0; i < 120; i++)
            {
                b.AddBridge($"br{i}", Mac, 1500);
            }
        });

        Assert.Equal(120, host.ListLinks().Count(link => link.Kind == "bridge"));
    }

    public void Dispose()
    {
        _pins.ForEach(NetNamespace.Delete);
        _scratch.Dispose();
    }

    private NetlinkSocket Namespace(string name)
    {
        string pin = _scratch.File(name);
        _pins.Add(pin);
        return NetNamespace.Create(pin, _ => NetlinkSocket.OpenRoute());
    }

    private static void Execute(NetlinkSocket socket, Action<NetlinkBatch> write)
    {
        var batch = new NetlinkBatch();
        write(batch);
        socket.Execute(batch);
    }
}
