using System.Globalization;
using Berth.Api.Networks;
using Berth.Linux;

namespace Berth.Engine.Networks;

public sealed partial class NetworkService
{
    /// <exception cref="EngineException">Name or subnet are taken, or something of the request is not valid or not supported.</exception>
    public async Task<NetworkCreateResponse> CreateAsync(NetworkCreateRequest request, CancellationToken ct)
    {
        CheckKind(request);
        await _changes.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            lock (_lock)
            {
                if (_networks.Values.Any(n => n.Name == request.Name))
                {
                    throw NetworkErrors.AlreadyExists(request.Name);
                }
            }

            Network network = Plan(request);
            Make(network);
            return new NetworkCreateResponse { Id = network.Id };
        }
        finally
        {
            _changes.Release();
        }
    }

    /// <exception cref="EngineException">It does not exist, is predefined, or a running container is in it.</exception>
    public async Task RemoveAsync(string nameOrId, CancellationToken ct)
    {
        await _changes.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            Network network;
            lock (_lock)
            {
                network = Find(nameOrId);
                if (network.IsPredefined)
                {
                    throw NetworkErrors.PredefinedCannotBeRemoved(network.Name);
                }

                if (network.Endpoints.Count > 0)
                {
                    throw NetworkErrors.HasActiveEndpoints(network.Name, network.Id);
                }

                // From here on nobody can join.
                _networks.Remove(network.Id);
            }

            _remover.Flush();
            Unmake(network);
        }
        finally
        {
            _changes.Release();
        }
    }

    private static void CheckKind(NetworkCreateRequest request)
    {
        if (string.IsNullOrWhiteSpace(request.Name))
        {
            throw NetworkErrors.InvalidName(request.Name);
        }

        if (request.Name is "bridge" or "host" or "none" or "default")
        {
            throw NetworkErrors.PredefinedCannotBeCreated(request.Name);
        }

        if (request.Scope is "swarm" or "global")
        {
            throw NetworkErrors.NoSwarm();
        }

        if (request.Ingress || request.ConfigOnly || !string.IsNullOrEmpty(request.ConfigFrom?.Network))
        {
            throw NetworkErrors.SwarmOnly(request.Ingress ? "ingress" : "config-only");
        }

        if (request.EnableIPv6 == true)
        {
            throw NetworkErrors.NoIpv6();
        }

        if (request.EnableIPv4 == false)
        {
            throw NetworkErrors.Ipv4Required();
        }

        switch (request.Driver)
        {
            case "" or "bridge" or "default":
                break;
            case "host" or "null":
                throw NetworkErrors.OnlyOneInstance(request.Driver);
            default:
                throw NetworkErrors.NoSuchPlugin(request.Driver);
        }

        if (request.IPAM is { Driver: not ("" or "default") } ipam)
        {
            throw NetworkErrors.NoSuchPlugin(ipam.Driver);
        }
    }

    private Network Plan(NetworkCreateRequest request)
    {
        IpamConfig? given = IpamCheck.Ipv4(request.IPAM);
        string id = NewId();
        IpamConfig plan = WithGateway(given ?? new IpamConfig { Subnet = ChooseSubnet().ToString() });
        if (given is not null)
        {
            CheckOverlap(Ipv4Network.Parse(given.Subnet!));
        }

        var network = new Network(
            new NetworkDocument
            {
                SubnetIsGiven = given is not null,
                Network = new Berth.Api.Networks.Network
                {
                    Name = request.Name,
                    Id = id,
                    Created = Now(),
                    Scope = "local",
                    Driver = "bridge",
                    EnableIPv4 = true,
                    IPAM = new Ipam { Driver = "default", Options = request.IPAM?.Options ?? new Dictionary<string, string>(), Config = [plan] },
                    Internal = request.Internal,
                    Attachable = request.Attachable,
                    ConfigFrom = new ConfigReference(),
                    Options = WithDefaults(request.Options ?? new Dictionary<string, string>()),
                    Labels = request.Labels ?? new Dictionary<string, string>(),
                },
            },
            _options);
        CheckBridgeName(network);
        return network;
    }

    private IReadOnlyDictionary<string, string> WithDefaults(IReadOnlyDictionary<string, string> given) =>
        _options.DefaultNetworkOptions.TryGetValue("bridge", out IReadOnlyDictionary<string, string>? defaults)
            ? given.Concat(defaults.Where(option => !given.ContainsKey(option.Key))).ToDictionary()
            : given;

    /// <summary>Written down first, so that a crash in between leaves a network that the next start completes, not an interface that nobody knows.</summary>
    private void Make(Network network)
    {
        Save(network.Document, Durability.PowerLoss);
        try
        {
            if (!_bridges.Restore(network))
            {
                network = Adopted(network);
            }

            _firewall.AddNetwork(network.Firewall!); // Every bridge network has one.
        }
        catch (Exception e)
        {
            Forget(network);
            throw e is LinuxException failure ? NetworkErrors.Creating(network.Name, failure) : e;
        }

        lock (_lock)
        {
            _networks[network.Id] = network;
        }

        Log.NetworkCreated(_logger, network.Name, network.Id, network.Addresses!.Subnet, network.Bridge!.BridgeName);
        PublishEvent("create", network);
    }

    private void Unmake(Network network)
    {
        try
        {
            _firewall.RemoveNetwork(network.Firewall!); // Only bridge networks can be removed.
            _bridges.Remove(network);
        }
        catch (Exception e)
        {
            // What is left in the kernel is made whole again by the next start, so the network must stay.
            lock (_lock)
            {
                _networks[network.Id] = network;
            }

            throw e is LinuxException failure ? new EngineException(ErrorKind.System, $"error while removing network: {failure.Message}", failure) : e;
        }

        _store.Write(Durability.PowerLoss, new StateChange(StateTable.Networks, network.Id, null));
        Log.NetworkRemoved(_logger, network.Name, network.Id);
        PublishEvent("destroy", network);
    }

    /// <summary>The interface existed already: it stays when the network goes.</summary>
    private Network Adopted(Network network)
    {
        var adopted = new Network(network.Document with { InterfaceIsForeign = true }, _options) { BridgeIndex = network.BridgeIndex };
        Save(adopted.Document, Durability.PowerLoss);
        return adopted;
    }

    private void Forget(Network network)
    {
        try
        {
            _bridges.Remove(network);
        }
        catch (LinuxException e)
        {
            Log.LeftoverStays(_logger, "interface", network.Bridge!.BridgeName, e);
        }

        _store.Write(Durability.PowerLoss, new StateChange(StateTable.Networks, network.Id, null));
    }

    private Ipv4Network ChooseSubnet()
    {
        List<Ipv4Network> taken = OccupiedByHost();
        lock (_lock)
        {
            taken.AddRange(_networks.Values.Select(n => n.Addresses?.Subnet).OfType<Ipv4Network>());
        }

        return SubnetPools.Choose(_options.DefaultAddressPools, taken) ?? throw NetworkErrors.PoolsExhausted();
    }

    /// <summary>The first address of the range, unless the user chose one.</summary>
    private static IpamConfig WithGateway(IpamConfig plan)
    {
        if (!string.IsNullOrEmpty(plan.Gateway))
        {
            return plan;
        }

        var addresses = new AddressPool(Ipv4Network.Parse(plan.Subnet!), string.IsNullOrEmpty(plan.IPRange) ? null : Ipv4Network.Parse(plan.IPRange));
        foreach (string reserved in plan.AuxiliaryAddresses?.Values ?? [])
        {
            _ = Ipv4Network.TryParseAddress(reserved, out uint address) && addresses.TryTake(address);
        }

        return addresses.TryTake(out uint gateway)
            ? plan with { Gateway = Ipv4Network.Address(gateway).ToString() }
            : throw NetworkErrors.NoAddressLeft(plan.Subnet!);
    }

    private void CheckOverlap(Ipv4Network subnet)
    {
        lock (_lock)
        {
            if (_networks.Values.Any(n => n.Addresses?.Subnet.Overlaps(subnet) == true))
            {
                throw NetworkErrors.PoolOverlaps();
            }
        }
    }

    private void CheckBridgeName(Network network)
    {
        string bridge = network.Bridge!.BridgeName;
        lock (_lock)
        {
            if (_networks.Values.FirstOrDefault(n => n.Bridge?.BridgeName == bridge) is { } other)
            {
                throw NetworkErrors.SameBridgeName(network.Id, other.Id, bridge);
            }
        }
    }

    /// <summary>RFC 3339 with as many digits as it takes, as Go prints it.</summary>
    private string Now() => _time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture);
}
