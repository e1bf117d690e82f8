using Berth.Api.Containers;
using Berth.Api.Networks;
using Berth.Engine.Containers;
using Berth.Engine.Networks;

namespace Berth.Engine.Tests.Containers;

public class ContainerViewTests
{
    [Fact]
    public void Ports_have_a_row_for_each_address_sorted_by_number()
    {
        var sandbox = new Sandbox
        {
            ContainerId = "x",
            Request = SandboxRequests.Of(Specs.Make()),
            Ports = new Dictionary<string, IReadOnlyList<PortBinding>?>
            {
                ["443/tcp"] = null,
                ["80/tcp"] = [new() { HostIp = "0.0.0.0", HostPort = "8080" }, new() { HostIp = "::", HostPort = "8080" }],
                ["53/udp"] = [],
            },
        };

        string rows = string.Join(' ', ContainerNetworkView.Ports(sandbox).Select(p => $"{p.IP}:{p.PublicPort}->{p.PrivatePort}/{p.Type}"));

        Assert.Equal(":0->53/udp 0.0.0.0:8080->80/tcp :::8080->80/tcp :0->443/tcp", rows);
    }

    [Fact]
    public void Before_the_first_start_networks_have_no_ids_and_afterwards_they_have()
    {
        ContainerSpec spec = Specs.Make() with { Networks = new Dictionary<string, EndpointSettings> { ["bridge"] = new() } };

        Assert.Equal("", ContainerNetworkView.Networks(spec, new ContainerRunState(), _ => "n1")["bridge"]!.NetworkID);
        Assert.Equal("n1", ContainerNetworkView.Networks(
            spec, new ContainerRunState { StartedAt = DateTimeOffset.UnixEpoch }, _ => "n1")["bridge"]!.NetworkID);
    }

    [Fact]
    public void The_default_bridges_place_is_told_once_more_for_old_clients()
    {
        ContainerSpec spec = Specs.Make();
        var state = new ContainerRunState
        {
            Status = ContainerStatus.Running,
            StartedAt = DateTimeOffset.UnixEpoch,
            Sandbox = new Sandbox
            {
                ContainerId = spec.Id,
                NamespacePath = "/run/netns/x",
                Request = SandboxRequests.Of(spec),
                Endpoints = new Dictionary<string, EndpointSettings>
                {
                    ["bridge"] = new() { IPAddress = "172.17.0.2", Gateway = "172.17.0.1", IPPrefixLen = 16, MacAddress = "02:42:ac:11:00:02" },
                    ["web"] = new() { IPAddress = "172.18.0.2" },
                },
            },
        };

        NetworkSettings settings = ContainerNetworkView.Settings(spec, state, _ => "");

        Assert.Equal(("172.17.0.2", "172.17.0.1", 16L, "/run/netns/x"), (settings.IPAddress, settings.Gateway, settings.IPPrefixLen, settings.SandboxKey));
        Assert.Equal(["bridge", "web"], settings.Networks!.Keys);
    }

    [Fact]
    public void A_tmpfs_is_a_mount_only_where_it_came_as_one()
    {
        ContainerMount tmpfs = new() { Type = "tmpfs", Destination = "/tmp" };

        Assert.Empty(ContainerMountView.Of([tmpfs]));
        Assert.Equal("/tmp", Assert.Single(ContainerMountView.Of([tmpfs with { FromMounts = true }])).Destination);
    }
}
