using System.Net.NetworkInformation;
using Berth.Api.Networks;

namespace Berth.Cli.Containers;

internal sealed partial class ContainerFlags
{
    // docker/cli 28: parseNetworkOpts. The flags of the container as a whole belong to the first network.
    private Dictionary<string, EndpointSettings?> Endpoints()
    {
        var endpoints = new Dictionary<string, EndpointSettings?>();
        IReadOnlyList<NetworkSpec> networks = _networks.Values;
        if (networks.Count == 0)
        {
            endpoints[NetworkSpec.DefaultTarget] = WithContainerFlags(new NetworkSpec { Target = NetworkSpec.DefaultTarget }).ToEndpoint();
            return endpoints;
        }

        for (int i = 0; i < networks.Count; i++)
        {
            NetworkSpec network = i == 0 ? WithContainerFlags(networks[i]) : networks[i];
            EndpointSettings endpoint = network.ToEndpoint();
            // A single network that nothing is said about needs no word: the daemon makes its endpoint.
            if (networks.Count == 1 && endpoint == new EndpointSettings())
            {
                continue;
            }

            if (!endpoints.TryAdd(network.Target, endpoint))
            {
                throw new FormatException($"network {GoText.Quote(network.Target)} is specified multiple times");
            }
        }

        if (networks.Any(network => network.IsUserDefined) && networks.Any(network => !network.IsUserDefined))
        {
            throw new FormatException("conflicting options: cannot attach both user-defined and non-user-defined network-modes");
        }

        return endpoints;
    }

    private NetworkSpec WithContainerFlags(NetworkSpec network)
    {
        if (_macAddress.Value.Length > 0 && !PhysicalAddress.TryParse(_macAddress.Value, out _))
        {
            throw new FormatException($"{_macAddress.Value} is not a valid mac address");
        }

        Conflict(network.Aliases.Count > 0 && _aliases.Values.Count > 0, "--network-alias and per-network alias");
        Conflict(network.Ip.Length > 0 && _ip.Value.Length > 0, "--ip and per-network IPv4 address");
        Conflict(network.Ip6.Length > 0 && _ip6.Value.Length > 0, "--ip6 and per-network IPv6 address");
        Conflict(network.MacAddress.Length > 0 && _macAddress.Value.Length > 0, "--mac-address and per-network MAC address");
        Conflict(network.LinkLocalIps.Count > 0 && _linkLocalIps.Values.Count > 0, "--link-local-ip and per-network link-local IP addresses");
        return network with
        {
            Aliases = _aliases.Values.Count > 0 ? _aliases.Values : network.Aliases,
            // On the default bridge a link is the container's, on a user's network the endpoint's.
            Links = network.IsUserDefined ? _links.Values : [],
            Ip = _ip.Value.Length > 0 ? _ip.Value : network.Ip,
            Ip6 = _ip6.Value.Length > 0 ? _ip6.Value : network.Ip6,
            MacAddress = _macAddress.Value.Length > 0 ? _macAddress.Value : network.MacAddress,
            LinkLocalIps = _linkLocalIps.Values.Count > 0 ? _linkLocalIps.Values : network.LinkLocalIps,
        };
    }

    private static void Conflict(bool isThere, string what)
    {
        if (isThere)
        {
            throw new FormatException($"conflicting options: cannot specify both {what}");
        }
    }
}
