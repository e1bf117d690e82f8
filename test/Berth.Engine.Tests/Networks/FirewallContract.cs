using System.Net;
using Berth.Engine.Networks;

namespace Berth.Engine.Tests.Networks;

/// <summary>What every firewall promises to those who call it.</summary>
public abstract class FirewallContract
{
    internal static readonly FirewallNetwork Front = new("br-front", Ipv4Network.Parse("172.18.0.0/16"), false, true, true);
    internal static readonly FirewallNetwork Vault = new("br-vault", Ipv4Network.Parse("172.19.0.0/16"), true, true, false);
    internal static readonly PublishedPort Web = new("tcp", IPAddress.Any, 8080, IPAddress.Parse("172.18.0.2"), 80);
    internal static readonly PublishedPort Dns = new("udp", IPAddress.Loopback, 53, IPAddress.Parse("172.18.0.3"), 5353);

    private protected abstract IFirewall Firewall { get; }

    protected void Nothing_is_in_force_before_the_first_replacement()
    {
        Assert.False(Firewall.IsInForce());
        Firewall.Replace([Front], []);
        Assert.True(Firewall.IsInForce());
    }

    protected void Whatever_is_done_twice_is_done_once()
    {
        Firewall.Replace([Front], [Web]);
        Firewall.Replace([Front], [Web]);
        Firewall.AddNetwork(Vault);
        Firewall.AddNetwork(Vault);
        Firewall.Publish([Dns]);
        Firewall.Publish([Dns]);
        Firewall.Unpublish([Dns, Web]);
        Firewall.Unpublish([Dns, Web]);
        Firewall.RemoveNetwork(Vault);
        Firewall.RemoveNetwork(Vault);
        Firewall.Publish([]);
        Firewall.Unpublish([]);
    }

    protected void A_port_that_leads_elsewhere_already_is_refused_with_all_that_came_with_it()
    {
        Firewall.Replace([Front], [Web]);

        Assert.Throws<EngineException>(() => Firewall.Publish([Dns, Web with { ContainerPort = 81 }]));

        Firewall.Publish([Dns with { ContainerPort = 54 }]);
    }
}
