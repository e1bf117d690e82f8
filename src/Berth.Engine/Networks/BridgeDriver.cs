using System.Net.NetworkInformation;
using System.Security.Cryptography;
using Berth.Linux;
using Berth.Linux.Netlink;

namespace Berth.Engine.Networks;

/// <summary>A bridge on the host, and a veth pair from it into each container.</summary>
internal sealed class BridgeDriver(HostNetwork host) : INetworkDriver
{
    public bool Restore(Network network)
    {
        (BridgeOptions options, AddressPool addresses) = Parts(network);
        Link? link = host.Netlink.FindLink(options.BridgeName);
        bool isOurs = link is null;
        if (link is null)
        {
            var creation = new NetlinkBatch();
            creation.AddBridge(options.BridgeName, RandomMac(), options.Mtu);
            host.Netlink.Execute(creation);
            link = host.Netlink.FindLink(options.BridgeName) ?? throw new LinuxException("RTM_GETLINK", Errno.ENODEV, options.BridgeName);
        }
        else if (link.Kind != "bridge")
        {
            throw NetworkErrors.NotABridge(options.BridgeName);
        }

        network.BridgeIndex = link.Index;
        SetAddress(network, addresses.Subnet, link);
        SetKernelOptions(network, options);
        SetFilter(network, options);
        return isOurs;
    }

    public void Remove(Network network)
    {
        if (network.Document.InterfaceIsForeign)
        {
            return;
        }

        var batch = new NetlinkBatch();
        batch.DeleteLink(Parts(network).Options.BridgeName);
        Execute(batch, Errno.ENODEV);
    }

    public void Join(Network network, Endpoint endpoint, SandboxNamespace sandbox, string interfaceName)
    {
        try
        {
            Plug(network, endpoint, sandbox, interfaceName);
        }
        catch (LinuxException e) when (e.Errno is Errno.ENODEV or Errno.EINVAL && host.Netlink.FindLink(Parts(network).Options.BridgeName)?.Index != network.BridgeIndex)
        {
            // Somebody took the bridge away, or made it anew.
            Restore(network);
            Plug(network, endpoint, sandbox, interfaceName);
        }

        Link link = sandbox.Netlink.FindLink(interfaceName) ?? throw new LinuxException("RTM_GETLINK", Errno.ENODEV, interfaceName);
        Ipv4Network subnet = Parts(network).Addresses.Subnet;
        var inside = new NetlinkBatch();
        inside.AddAddress(link.Index, Ipv4Network.Address(endpoint.Address), subnet.PrefixLength, subnet.Broadcast);
        inside.SetUp(interfaceName);
        sandbox.Netlink.Execute(inside);
        var outside = new NetlinkBatch();
        outside.SetUp(endpoint.HostInterface);
        host.Netlink.Execute(outside);
    }

    public void Leave(Network network, Endpoint endpoint)
    {
        var batch = new NetlinkBatch();
        batch.DeleteLink(endpoint.HostInterface);
        Execute(batch, Errno.ENODEV);
    }

    /// <summary>As <see cref="Leave"/> for several of one network: the kernel takes hardly longer than for one.</summary>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public void LeaveAll(Network network, IReadOnlyList<Endpoint> endpoints)
    {
        // Groups are the host's: the bridge's index keeps ours apart from those of other daemons.
        uint group = 0x40000000u | (uint)network.BridgeIndex;
        var batch = new NetlinkBatch();
        foreach (Endpoint endpoint in endpoints)
        {
            batch.SetGroup(endpoint.HostInterface, group);
        }

        batch.DeleteGroup(group);
        Execute(batch, Errno.ENODEV);
    }

    /// <summary>The interfaces on our bridge that belong to none of its endpoints: what a crash between two steps has left.</summary>
    public static IReadOnlyList<string> FindLeftovers(Network network, IReadOnlyList<Link> links) =>
        [.. links.Where(link => link.Kind == "veth" && network.BridgeIndex != 0 && link.MasterIndex == network.BridgeIndex)
            .Select(link => link.Name).Except(network.Endpoints.Values.Select(e => e.HostInterface))];

    public void RemoveInterface(string name)
    {
        var batch = new NetlinkBatch();
        batch.DeleteLink(name);
        Execute(batch, Errno.ENODEV);
    }

    private void Plug(Network network, Endpoint endpoint, SandboxNamespace sandbox, string interfaceName)
    {
        BridgeOptions options = Parts(network).Options;
        var batch = new NetlinkBatch();
        batch.AddVeth(
            new VethPair
            {
                Name = endpoint.HostInterface,
                BridgeIndex = network.BridgeIndex,
                PeerName = interfaceName,
                PeerMac = PhysicalAddress.Parse(endpoint.Mac),
                Mtu = options.Mtu,
            },
            sandbox.Handle);
        if (network.BridgeIsFiltered || !options.ContainersMayTalk)
        {
            batch.SetPort(endpoint.HostInterface, reflects: network.BridgeIsFiltered, isIsolated: !network.BridgeIsFiltered && !options.ContainersMayTalk);
        }

        host.Netlink.Execute(batch);
    }

    private void SetAddress(Network network, Ipv4Network subnet, Link link)
    {
        var batch = new NetlinkBatch();
        bool isThere = false;
        foreach (InterfaceAddress address in host.Netlink.ListAddresses().Where(a => a.LinkIndex == link.Index))
        {
            if (Ipv4Network.Number(address.Address) == network.Gateway && address.PrefixLength == subnet.PrefixLength)
            {
                isThere = true;
            }
            else if (!network.Document.InterfaceIsForeign && network.Document.Network.Name == "bridge")
            {
                // The default bridge was given another address since.
                batch.DeleteAddress(address);
            }
        }

        if (!isThere)
        {
            batch.AddAddress(link.Index, Ipv4Network.Address(network.Gateway), subnet.PrefixLength, subnet.Broadcast);
        }

        if (!link.IsUp)
        {
            batch.SetUp(link.Name);
        }

        if (!batch.IsEmpty)
        {
            host.Netlink.Execute(batch);
        }
    }

    /// <summary>Containers that may not talk are separated by the firewall, which lets published ports through, or where it cannot see them by isolated ports.</summary>
    private void SetFilter(Network network, BridgeOptions options)
    {
        network.BridgeIsFiltered = host.Run(() => Sysctl.Read("net", "bridge", "bridge-nf-call-iptables")) is not null;
        if (network.BridgeIsFiltered && !options.ContainersMayTalk)
        {
            var batch = new NetlinkBatch();
            batch.FilterBridge(options.BridgeName);
            host.Netlink.Execute(batch);
        }
    }

    private void SetKernelOptions(Network network, BridgeOptions options) => host.Run(() =>
    {
        // For 127.0.0.1:port. What it opens, the firewall's guard chain closes again.
        Sysctl.Write(network.IsInternal ? "0" : "1", "net", "ipv4", "conf", options.BridgeName, "route_localnet");

        // Containers must not reach the host by IPv6 either, nor give it routes (CVE-2020-13401).
        if (Sysctl.Read("net", "ipv6", "conf", options.BridgeName, "disable_ipv6") is "0")
        {
            Sysctl.Write("1", "net", "ipv6", "conf", options.BridgeName, "disable_ipv6");
        }
    });

    private void Execute(NetlinkBatch batch, int acceptedErrno)
    {
        if (host.Netlink.TryExecute(batch) is { } failure && failure.Errno != acceptedErrno)
        {
            throw failure;
        }
    }

    /// <summary>Locally administered, with Docker's prefix.</summary>
    private static PhysicalAddress RandomMac()
    {
        byte[] bytes = RandomNumberGenerator.GetBytes(6);
        (bytes[0], bytes[1]) = (0x02, 0x42);
        return new PhysicalAddress(bytes);
    }

    private static (BridgeOptions Options, AddressPool Addresses) Parts(Network network) =>
        (network.Bridge ?? throw new InvalidOperationException($"{network.Name} is no bridge network"),
            network.Addresses ?? throw new InvalidOperationException($"{network.Name} has no addresses"));
}
