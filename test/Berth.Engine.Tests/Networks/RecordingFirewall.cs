using Berth.Engine.Networks;

namespace Berth.Engine.Tests.Networks;

/// <summary>A firewall that only remembers: for tests of what is published without a kernel.</summary>
internal sealed class RecordingFirewall : IFirewall
{
    private readonly HashSet<FirewallNetwork> _networks = [];
    private readonly HashSet<PublishedPort> _ports = [];
    private bool _isInForce;

    public IReadOnlyCollection<FirewallNetwork> Networks => _networks;
    public IReadOnlyCollection<PublishedPort> Ports => _ports;

    public bool IsInForce() => _isInForce;

    public void Replace(IReadOnlyCollection<FirewallNetwork> networks, IReadOnlyCollection<PublishedPort> ports)
    {
        _isInForce = true;
        _networks.Clear();
        _networks.UnionWith(networks);
        _ports.Clear();
        _ports.UnionWith(ports);
    }

    public void AddNetwork(FirewallNetwork network) => _networks.Add(network);

    public void RemoveNetwork(FirewallNetwork network) => _networks.Remove(network);

    public void Publish(IReadOnlyCollection<PublishedPort> ports)
    {
        if (ports.FirstOrDefault(port => _ports.Any(other => other != port
            && (other.Protocol, other.HostPort) == (port.Protocol, port.HostPort) && other.HostAddress.Equals(port.HostAddress))) is { } taken)
        {
            throw new EngineException(ErrorKind.System, $"{taken.HostPort} leads elsewhere");
        }

        _ports.UnionWith(ports);
    }

    public void Unpublish(IReadOnlyCollection<PublishedPort> ports) => _ports.ExceptWith(ports);
}
