using System.Globalization;
using System.Text;

namespace Berth.Engine.Networks;

/// <summary>Our table, in the language of nft(8). Pure.</summary>
/// <remarks>
/// The rules never change: they look things up in maps and sets, and a change adds or removes one element. See docs/adr/0003.
/// <list type="bullet">
/// <item><c>published</c>: protocol and port of any host address, to address and port of a container;</item>
/// <item><c>published_at</c>: the same for one host address;</item>
/// <item><c>bridges</c>: our interfaces, those of internal networks also in <c>internal</c>;</item>
/// <item><c>home</c>: subnets with their own bridge; <c>masqueraded</c>: subnets that leave under the host's address;</item>
/// <item><c>together</c>: bridges whose containers may talk to each other.</item>
/// </list>
/// </remarks>
internal static class NftTable
{
    /// <summary>A name of its own for every daemon on a host, from the bridge that no two of them can share.</summary>
    public static string Name(string bridgeName) =>
        bridgeName == new EngineOptions().BridgeName ? "berth" : "berth-" + string.Concat(bridgeName.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-'));

    public static string Replace(string table, IReadOnlyCollection<FirewallNetwork> networks, IReadOnlyCollection<PublishedPort> ports)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"table inet {table}\ndelete table inet {table}\n");
        text.Append(CultureInfo.InvariantCulture, $"table inet {table} {Definition}\n");
        foreach (FirewallNetwork network in networks)
        {
            text.Append(Network(table, "add", network));
        }

        text.Append(Ports(table, "add", ports));
        return text.ToString();
    }

    public static string Network(string table, string verb, FirewallNetwork network)
    {
        string bridge = $"\"{network.Bridge}\"";
        var text = new StringBuilder();
        Element("bridges", bridge);
        Element("home", $"{network.Subnet} . {bridge}");
        if (network.IsInternal)
        {
            Element("internal", bridge);
        }
        else if (network.Masquerades)
        {
            Element("masqueraded", network.Subnet.ToString());
        }

        if (network.ContainersMayTalk)
        {
            Element("together", $"{bridge} . {bridge}");
        }

        return text.ToString();

        void Element(string set, string element) => text.Append(CultureInfo.InvariantCulture, $"{verb} element inet {table} {set} {{ {element} }}\n");
    }

    public static string Ports(string table, string verb, IReadOnlyCollection<PublishedPort> ports)
    {
        var text = new StringBuilder();
        foreach (PublishedPort port in ports)
        {
            bool everywhere = port.HostAddress.Equals(System.Net.IPAddress.Any);
            string map = everywhere ? "published" : "published_at";
            string address = everywhere ? "" : $"{port.HostAddress} . ";
            text.Append(CultureInfo.InvariantCulture,
                $"{verb} element inet {table} {map} {{ {address}{port.Protocol} . {port.HostPort} : {port.ContainerAddress} . {port.ContainerPort} }}\n");
        }

        return text.ToString();
    }

    /// <summary>In a container's namespace: leads 127.0.0.11:53 to the embedded name server's ports.</summary>
    public static string NameServer(int udpPort, int tcpPort) => string.Create(CultureInfo.InvariantCulture, $$"""
        table ip berth-names
        delete table ip berth-names
        table ip berth-names {
            chain output {
                type nat hook output priority -100; policy accept;
                ip daddr 127.0.0.11 udp dport 53 dnat to 127.0.0.11:{{udpPort}}
                ip daddr 127.0.0.11 tcp dport 53 dnat to 127.0.0.11:{{tcpPort}}
            }
        }
        """);

    private const string Definition = """
        {
            map published {
                type inet_proto . inet_service : ipv4_addr . inet_service
            }
            map published_at {
                type ipv4_addr . inet_proto . inet_service : ipv4_addr . inet_service
            }
            set bridges {
                type ifname
            }
            set internal {
                type ifname
            }
            set together {
                type ifname . ifname
            }
            set home {
                type ipv4_addr . ifname
                flags interval
            }
            set masqueraded {
                type ipv4_addr
                flags interval
            }

            # route_localnet on our bridges must not open 127.0.0.0/8 to anybody but the host itself.
            chain guard {
                type filter hook prerouting priority raw; policy accept;
                iifname != "lo" ip daddr 127.0.0.0/8 drop
                iifname != "lo" ip saddr 127.0.0.0/8 drop
            }

            chain published_ports {
                dnat ip to ip daddr . meta l4proto . th dport map @published_at
                dnat ip to meta l4proto . th dport map @published
            }
            chain prerouting {
                type nat hook prerouting priority dstnat; policy accept;
                meta nfproto ipv4 meta l4proto { tcp, udp, sctp } fib daddr type local jump published_ports
            }
            chain output {
                type nat hook output priority -100; policy accept;
                meta nfproto ipv4 meta l4proto { tcp, udp, sctp } fib daddr type local jump published_ports
            }

            # The first two send answers back through the host: to its own loopback, and to a container that went out to come back in.
            chain postrouting {
                type nat hook postrouting priority srcnat; policy accept;
                ct status dnat ip saddr 127.0.0.0/8 oifname @bridges masquerade
                ct status dnat ip saddr . oifname @home masquerade
                ip saddr . oifname @home accept
                ip saddr @masqueraded masquerade
            }

            chain forward {
                type filter hook forward priority filter; policy accept;
                ct state established,related accept
                iifname . oifname @together accept
                iifname @internal drop
                oifname @internal drop
                oifname @bridges ct status dnat accept
                oifname @bridges drop
            }
        }
        """;
}
