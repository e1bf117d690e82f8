using Berth.Api.Networks;

namespace Berth.Engine.Networks;

/// <summary>A network that lives: its addresses and who is in it. Guarded by the lock of <see cref="NetworkService"/>.</summary>
internal sealed class Network
{
    private readonly Dictionary<string, Endpoint> _endpoints = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<Endpoint>> _names = new(StringComparer.OrdinalIgnoreCase);

    /// <exception cref="EngineException">The options or the address plan are not valid.</exception>
    public Network(NetworkDocument document, EngineOptions engine)
    {
        Document = document;
        if (Driver == "bridge")
        {
            Bridge = BridgeOptions.Parse(document.Network.Options, Id, engine);
            IpamConfig plan = document.Network.IPAM!.Config![0]; // A bridge network is never stored without.
            Addresses = new AddressPool(
                Ipv4Network.Parse(plan.Subnet!),
                string.IsNullOrEmpty(plan.IPRange) ? null : Ipv4Network.Parse(plan.IPRange));
            foreach (string reserved in plan.AuxiliaryAddresses?.Values ?? [])
            {
                _ = Ipv4Network.TryParseAddress(reserved, out uint address) && Addresses.TryTake(address);
            }

            if (Ipv4Network.TryParseAddress(plan.Gateway, out uint gateway))
            {
                Gateway = gateway;
                Addresses.TryTake(gateway);
            }
        }
    }

    public NetworkDocument Document { get; }
    public string Id => Document.Network.Id;
    public string Name => Document.Network.Name;
    public string Driver => Document.Network.Driver;
    public bool IsInternal => Document.Network.Internal;
    public bool IsPredefined => Name is "bridge" or "host" or "none";

    /// <summary>Whether containers find each other by name in it.</summary>
    public bool ResolvesNames => Driver == "bridge" && !IsPredefined;

    /// <summary>Null but for bridge networks, as are the next two.</summary>
    public BridgeOptions? Bridge { get; }

    public AddressPool? Addresses { get; }

    public FirewallNetwork? Firewall => Bridge is null || Addresses is null
        ? null
        : new FirewallNetwork(Bridge.BridgeName, Addresses.Subnet, IsInternal, Bridge.Masquerades, Bridge.ContainersMayTalk);

    /// <summary>The bridge's own address in it; 0 where there is none.</summary>
    public uint Gateway { get; }

    /// <summary>Index of the bridge's interface, once it is known.</summary>
    public int BridgeIndex { get; set; }

    /// <summary>
    /// The host has br_netfilter, so that frames between two containers go through the IP firewall:
    /// it separates them where they may not talk, and what it sends back to where it came from must be let out there.
    /// </summary>
    public bool BridgeIsFiltered { get; set; }

    /// <summary>By container id.</summary>
    public IReadOnlyDictionary<string, Endpoint> Endpoints => _endpoints;

    public void Add(Endpoint endpoint)
    {
        _endpoints[endpoint.ContainerId] = endpoint;
        foreach (string name in endpoint.DnsNames)
        {
            if (!_names.TryGetValue(name, out List<Endpoint>? holders))
            {
                _names[name] = holders = [];
            }

            holders.Add(endpoint);
        }
    }

    /// <summary>Takes the endpoint out; its address stays taken until <see cref="Release"/>.</summary>
    /// <returns>False when it was gone already.</returns>
    public bool Remove(Endpoint endpoint)
    {
        if (_endpoints.GetValueOrDefault(endpoint.ContainerId)?.Id != endpoint.Id)
        {
            return false;
        }

        _endpoints.Remove(endpoint.ContainerId);
        foreach (string name in endpoint.DnsNames)
        {
            if (_names.TryGetValue(name, out List<Endpoint>? holders) && holders.RemoveAll(e => e.Id == endpoint.Id) > 0 && holders.Count == 0)
            {
                _names.Remove(name);
            }
        }

        return true;
    }

    /// <summary>Gives the address back of an endpoint that has no interface any more.</summary>
    public void Release(Endpoint endpoint) => Addresses?.Release(endpoint.Address);

    public IReadOnlyList<uint> Find(string name) =>
        _names.TryGetValue(name, out List<Endpoint>? holders) ? [.. holders.Select(e => e.Address)] : [];

    public Endpoint? FindByAddress(uint address) => _endpoints.Values.FirstOrDefault(e => e.Address == address);
}
