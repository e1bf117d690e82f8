using System.Text.Json;
using Berth.Api.Networks;
using Berth.Linux;

namespace Berth.Engine.Networks;

public sealed partial class NetworkService
{
    /// <summary>Creates the default networks where missing and makes the kernel agree with what is stored. Runs before containers are restored.</summary>
    /// <remarks>
    /// A firewall that an earlier run left in force stays as it is until <see cref="AdoptAsync"/> knows the ports of what still runs:
    /// they work all the while.
    /// </remarks>
    internal Task RestoreAsync(CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        EnableForwarding();
        foreach ((string key, byte[] json) in _store.Load(StateTable.Networks))
        {
            NetworkDocument document = JsonSerializer.Deserialize(json, NetworkJson.Default.NetworkDocument)
                ?? throw new EngineException(ErrorKind.System, $"the state of network {key} is empty");
            _networks[key] = new Network(document, _options);
        }

        CreatePredefined("none", "null");
        CreatePredefined("host", "host");
        RestoreDefaultBridge();
        foreach (Network network in _networks.Values)
        {
            Restore(network);
        }

        if (!_firewall.IsInForce())
        {
            ReplaceFirewall();
        }

        return Task.CompletedTask;
    }

    private void EnableForwarding()
    {
        string? current = _host.Run(() => Sysctl.Read("net", "ipv4", "ip_forward"));
        if (current == "1")
        {
            return;
        }

        if (!_options.EnableIpForward)
        {
            Log.ForwardingDisabled(_logger);
            return;
        }

        try
        {
            _host.Run(() => Sysctl.Write("1", "net", "ipv4", "ip_forward"));
        }
        catch (LinuxException e)
        {
            throw NetworkErrors.NoForwarding(e);
        }

        Log.ForwardingEnabled(_logger);
    }

    private void CreatePredefined(string name, string driver)
    {
        if (TryFind(name) is not null)
        {
            return;
        }

        Keep(new Network(
            new NetworkDocument
            {
                Network = new Berth.Api.Networks.Network
                {
                    Name = name,
                    Id = NewId(),
                    Created = Now(),
                    Scope = "local",
                    Driver = driver,
                    EnableIPv4 = true,
                    IPAM = new Ipam { Driver = "default", Config = [] },
                    ConfigFrom = new ConfigReference(),
                    Options = new Dictionary<string, string>(),
                    Labels = new Dictionary<string, string>(),
                },
            },
            _options));
    }

    /// <summary>The default bridge keeps its id for ever and its subnet until the operator names another; its options are always the daemon's of today.</summary>
    private void RestoreDefaultBridge()
    {
        Network? stored = TryFind("bridge");
        IpamConfig plan = DefaultBridgePlan(stored?.Document.Network.IPAM?.Config is [var known] ? known : null);
        if (stored is not null)
        {
            _networks.Remove(stored.Id);
        }

        Keep(new Network(
            new NetworkDocument
            {
                InterfaceIsForeign = stored?.Document.InterfaceIsForeign ?? false,
                Network = new Berth.Api.Networks.Network
                {
                    Name = "bridge",
                    Id = stored?.Id ?? NewId(),
                    Created = stored?.Document.Network.Created ?? Now(),
                    Scope = "local",
                    Driver = "bridge",
                    EnableIPv4 = true,
                    IPAM = new Ipam { Driver = "default", Config = [plan] },
                    ConfigFrom = new ConfigReference(),
                    Options = BridgeOptions.OfDefaultBridge(_options),
                    Labels = new Dictionary<string, string>(),
                },
            },
            _options));
    }

    private IpamConfig DefaultBridgePlan(IpamConfig? known)
    {
        if (_options.BridgeIp is { } text)
        {
            return Ipv4Network.TryParse(text, out uint address, out Ipv4Network subnet) && address != subnet.First && address != subnet.Last
                ? new IpamConfig { Subnet = subnet.ToString(), IPRange = RangeWithin(subnet), Gateway = Ipv4Network.Address(address).ToString() }
                : throw new EngineException(ErrorKind.InvalidParameter, $"invalid bridge address: {text}");
        }

        if (_options.FixedCidr is { } range)
        {
            return WithGateway(new IpamConfig { Subnet = Ipv4Network.Parse(range).ToString(), IPRange = Ipv4Network.Parse(range).ToString() });
        }

        return known ?? WithGateway(new IpamConfig { Subnet = ChooseSubnet().ToString() });
    }

    private string RangeWithin(Ipv4Network subnet)
    {
        if (_options.FixedCidr is not { } text)
        {
            return "";
        }

        var range = Ipv4Network.Parse(text);
        return range.PrefixLength >= subnet.PrefixLength && subnet.Contains(range.First)
            ? range.ToString()
            : throw new EngineException(ErrorKind.InvalidParameter, $"invalid fixed-cidr: {range} is no part of the default bridge's network {subnet}");
    }

    private void Keep(Network network)
    {
        _networks[network.Id] = network;
        Save(network.Document, Durability.ProcessCrash);
    }

    /// <summary>The default bridge must work; another network that does not is reported, and fails those who want to join it.</summary>
    private void Restore(Network network)
    {
        try
        {
            DriverOf(network).Restore(network);
        }
        catch (LinuxException e) when (network.Name == "bridge")
        {
            throw NetworkErrors.Creating(network.Name, e);
        }
        catch (Exception e) when (e is LinuxException or EngineException && network.Name != "bridge")
        {
            Log.NetworkNotRestored(_logger, network.Name, e);
        }
    }

    private void ReplaceFirewall()
    {
        List<FirewallNetwork> networks;
        List<PublishedPort> ports;
        lock (_lock)
        {
            networks = [.. _networks.Values.Select(n => n.Firewall).OfType<FirewallNetwork>()];
            ports = [.. _sandboxes.Values.SelectMany(s => s.Published)];
        }

        _firewall.Replace(networks, ports);
    }
}
