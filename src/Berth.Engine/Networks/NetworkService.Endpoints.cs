using System.Net;
using System.Net.NetworkInformation;
using Berth.Api.Containers;
using Berth.Api.Networks;

namespace Berth.Engine.Networks;

public sealed partial class NetworkService
{
    /// <summary>The first thing that is wrong with joining <paramref name="network"/> like this. moby 28: daemon/container_operations.go, validateEndpointSettings.</summary>
    private static EngineException? EndpointProblem(Network network, EndpointSettings settings)
    {
        string? address = settings.IPAMConfig?.IPv4Address;
        if (!string.IsNullOrEmpty(settings.IPAMConfig?.IPv6Address))
        {
            return NetworkErrors.NoIpv6();
        }

        if (!network.ResolvesNames)
        {
            return !string.IsNullOrEmpty(address) ? NetworkErrors.AddressNeedsUserNetwork()
                : settings.Aliases is { Count: > 0 } ? NetworkErrors.AliasNeedsUserNetwork() : MacProblem(settings);
        }

        if (!string.IsNullOrEmpty(address))
        {
            if (!Ipv4Network.TryParseAddress(address, out uint number))
            {
                return NetworkErrors.InvalidAddress(address);
            }

            if (!network.Document.SubnetIsGiven)
            {
                return NetworkErrors.AddressNeedsUserSubnet();
            }

            if (!network.Addresses!.Subnet.Contains(number))
            {
                return NetworkErrors.AddressOutOfRange(address);
            }
        }

        return MacProblem(settings);
    }

    private static EngineException? MacProblem(EndpointSettings settings) =>
        settings.MacAddress.Length == 0 || (PhysicalAddress.TryParse(settings.MacAddress, out PhysicalAddress? mac) && mac.GetAddressBytes().Length == 6)
            ? null
            : NetworkErrors.InvalidMac(settings.MacAddress);

    /// <summary>Takes an address and puts the container into the network, in memory. Under the lock.</summary>
    private static Endpoint Enter(Network network, SandboxRequest request, EndpointSettings settings)
    {
        if (EndpointProblem(network, settings) is { } problem)
        {
            throw problem;
        }

        if (network.Endpoints.ContainsKey(request.ContainerId))
        {
            throw NetworkErrors.AlreadyConnected(request.ContainerName, network.Name);
        }

        uint address = network.Addresses is null ? 0 : TakeAddress(network, settings);
        var endpoint = new Endpoint
        {
            Id = NewId(),
            ContainerId = request.ContainerId,
            ContainerName = request.ContainerName,
            Address = address,
            Mac = address == 0 ? "" : settings.MacAddress is { Length: > 0 } given ? Normalised(given) : MacOf(address),
            DnsNames = network.ResolvesNames ? DnsNamesOf(request, settings) : [],
            Settings = settings,
        };
        network.Add(endpoint);
        return endpoint;
    }

    private static uint TakeAddress(Network network, EndpointSettings settings)
    {
        AddressPool pool = network.Addresses!;
        if (settings.IPAMConfig?.IPv4Address is { Length: > 0 } text && Ipv4Network.TryParseAddress(text, out uint wanted))
        {
            return pool.TryTake(wanted) ? wanted : throw NetworkErrors.AddressTaken();
        }

        return pool.TryTake(out uint address) ? address : throw NetworkErrors.NoAddressLeft(network.Name);
    }

    /// <summary>moby 28: daemon/container_operations.go, buildEndpointDNSNames.</summary>
    private static IReadOnlyList<string> DnsNamesOf(SandboxRequest request, EndpointSettings settings) =>
        [.. ((string[])[request.ContainerName, .. settings.Aliases ?? [], request.ContainerId[..12], request.Hostname])
            .Where(name => name.Length > 0).Distinct(StringComparer.OrdinalIgnoreCase)];

    /// <summary>Derived from the address, so that a successor at the same address is not mistaken for a stranger. moby 27: libnetwork/netutils, GenerateMACFromIP.</summary>
    private static string MacOf(uint address) => Normalised($"0242{address:x8}");

    private static string Normalised(string mac) =>
        string.Join(':', PhysicalAddress.Parse(mac).GetAddressBytes().Select(b => b.ToString("x2", System.Globalization.CultureInfo.InvariantCulture)));

    /// <summary>What <c>NetworkSettings.Networks</c> shows of an endpoint.</summary>
    private static EndpointSettings SettingsOf(Network network, Endpoint endpoint) => endpoint.Settings with
    {
        NetworkID = network.Id,
        EndpointID = endpoint.Id,
        MacAddress = endpoint.Mac,
        IPAddress = endpoint.Address == 0 ? "" : Ipv4Network.Address(endpoint.Address).ToString(),
        IPPrefixLen = network.Addresses?.Subnet.PrefixLength ?? 0,

        // The default route of an internal network would lead nowhere.
        Gateway = network.Gateway == 0 || network.IsInternal ? "" : Ipv4Network.Address(network.Gateway).ToString(),
        DNSNames = network.ResolvesNames ? endpoint.DnsNames : null,
    };

    private static Sandbox SnapshotOf(LiveSandbox live) => new()
    {
        ContainerId = live.ContainerId,
        NamespacePath = live.NamespacePath,
        Request = live.Request,
        Endpoints = live.Attachments.ToDictionary(a => a.Network.Name, a => SettingsOf(a.Network, a.Endpoint)),
        Ports = PortsOf(live),
    };

    private static Dictionary<string, IReadOnlyList<PortBinding>?> PortsOf(LiveSandbox live)
    {
        var ports = new Dictionary<string, IReadOnlyList<PortBinding>?>();
        if (!live.Attachments.Any(a => a.Network.Driver == "bridge"))
        {
            return ports;
        }

        foreach (string port in PortRequest.AllPorts(live.Request))
        {
            PortBinding[] bindings =
            [
                .. live.Ports.Where(p => p.Request.ContainerPort == port).Select(p => new PortBinding
                {
                    HostIp = p.Request.HostAddress.ToString(),
                    HostPort = p.HostPort.ToString(System.Globalization.CultureInfo.InvariantCulture),
                }),
            ];
            ports[port] = bindings.Length > 0 ? bindings : null;
        }

        return ports;
    }

    /// <summary>The address that <c>host-gateway</c> stands for: the host's on the default bridge.</summary>
    private IPAddress HostGateway()
    {
        lock (_lock)
        {
            return Ipv4Network.Address(Find("bridge").Gateway);
        }
    }
}
