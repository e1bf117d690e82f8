using System.Net;
using Berth.Api.Networks;
using Berth.Cli.Containers;

namespace Berth.Cli.Networks;

internal sealed class NetworkCreateCommand : Command
{
    private readonly Flag<bool> _attachable, _configOnly, _ingress, _internal, _ipv4, _ipv6;
    private readonly Flag<string> _configFrom, _driver, _ipamDriver, _scope;
    private readonly ListFlag<string> _auxiliary, _gateways, _ipRanges, _ipamOptions, _labels, _options, _subnets;

    public NetworkCreateCommand()
    {
        _attachable = Flags.Switch("attachable", null, "Enable manual container attachment");
        _auxiliary = Flags.Map("aux-address", null, "Auxiliary IPv4 or IPv6 addresses used by Network driver");
        _configFrom = Flags.Text("config-from", null, "The network from which to copy the configuration");
        _configOnly = Flags.Switch("config-only", null, "Create a configuration only network");
        _driver = Flags.Text("driver", 'd', "Driver to manage the Network", "bridge");
        _gateways = Flags.Strings("gateway", "IPv4 or IPv6 Gateway for the master subnet");
        _ingress = Flags.Switch("ingress", null, "Create swarm routing-mesh network");
        _internal = Flags.Switch("internal", null, "Restrict external access to the network");
        _ipRanges = Flags.Strings("ip-range", "Allocate container ip from a sub-range");
        _ipamDriver = Flags.Text("ipam-driver", null, "IP Address Management Driver", "default");
        _ipamOptions = Flags.Map("ipam-opt", null, "Set IPAM driver specific options");
        _ipv4 = Flags.Switch("ipv4", null, "Enable or disable IPv4 address assignment", initial: true);
        _ipv6 = Flags.Switch("ipv6", null, "Enable or disable IPv6 address assignment");
        _labels = Flags.List("label", null, "Set metadata on a network", KeyValues.Label);
        _options = Flags.Map("opt", 'o', "Set driver specific options");
        _scope = Flags.Text("scope", null, "Control the network's scope");
        _subnets = Flags.Strings("subnet", "Subnet in CIDR format that represents a network segment");
    }

    public override string Synopsis => "[OPTIONS] NETWORK";

    public override ArgumentCount Arguments => ArgumentCount.Exactly(1);

    public override int Run(CliContext context, IReadOnlyList<string> arguments)
    {
        NetworkCreateResponse created = context.Client.CreateNetwork(ToRequest(arguments[0]));
        if (created.Warning.Length > 0)
        {
            context.Error.WriteLine($"WARNING: {created.Warning}");
        }

        context.Out.WriteLine(created.Id);
        return 0;
    }

    /// <summary>What the flags ask for.</summary>
    /// <exception cref="CommandException">The addresses do not go together.</exception>
    public NetworkCreateRequest ToRequest(string name) => new()
    {
        Name = name,
        Driver = _driver.Value,
        Scope = _scope.Value,
        EnableIPv4 = _ipv4.IsChanged ? _ipv4.Value : null,
        EnableIPv6 = _ipv6.IsChanged ? _ipv6.Value : null,
        IPAM = new Ipam { Driver = _ipamDriver.Value, Config = Pools(), Options = KeyValues.ToMap(_ipamOptions.Values) },
        Internal = _internal.Value,
        Attachable = _attachable.Value,
        Ingress = _ingress.Value,
        ConfigOnly = _configOnly.Value,
        ConfigFrom = _configFrom.Value.Length == 0 ? null : new ConfigReference { Network = _configFrom.Value },
        Options = KeyValues.ToMap(_options.Values),
        Labels = KeyValues.ToMap(_labels.Values),
    };

    // docker/cli 28: network/create.go, consolidateIpam. Ranges, gateways and auxiliary addresses find the subnet that holds them.
    private List<IpamConfig> Pools()
    {
        if (_subnets.Values.Count < _ipRanges.Values.Count || _subnets.Values.Count < _gateways.Values.Count)
        {
            throw new CommandException("every ip-range or gateway must have a corresponding subnet");
        }

        var networks = _subnets.Values.Select(text => IPNetwork.TryParse(text, out IPNetwork network)
            ? network
            : throw new CommandException($"invalid subnet: invalid CIDR address: {text}")).ToList();
        for (int i = 0; i < networks.Count; i++)
        {
            if (networks.Where((other, j) => j != i && (other.Contains(networks[i].BaseAddress) || networks[i].Contains(other.BaseAddress))).Any())
            {
                throw new CommandException("multiple overlapping subnet configuration is not supported");
            }
        }

        var pools = _subnets.Values.Select(subnet => new IpamConfig { Subnet = subnet }).ToList();
        foreach (string range in _ipRanges.Values)
        {
            int i = Matching(networks, range.Split('/')[0], $"no matching subnet for range {range}");
            pools[i] = pools[i].IPRange is null
                ? pools[i] with { IPRange = range }
                : throw new CommandException($"cannot configure multiple ranges ({range}, {pools[i].IPRange}) on the same subnet ({pools[i].Subnet})");
        }

        foreach (string gateway in _gateways.Values)
        {
            int i = Matching(networks, gateway, $"no matching subnet for gateway {gateway}");
            pools[i] = pools[i].Gateway is null
                ? pools[i] with { Gateway = gateway }
                : throw new CommandException($"cannot configure multiple gateways ({gateway}, {pools[i].Gateway}) for the same subnet ({pools[i].Subnet})");
        }

        foreach ((string key, string address) in KeyValues.ToMap(_auxiliary.Values))
        {
            int i = Matching(networks, address, $"no matching subnet for aux-address {address}");
            pools[i] = pools[i] with
            {
                AuxiliaryAddresses = new Dictionary<string, string>(pools[i].AuxiliaryAddresses ?? new Dictionary<string, string>()) { [key] = address },
            };
        }

        return pools;
    }

    private static int Matching(List<IPNetwork> networks, string address, string failure) =>
        IPAddress.TryParse(address, out IPAddress? parsed) && networks.FindIndex(network => network.Contains(parsed)) is >= 0 and var i
            ? i
            : throw new CommandException(failure);
}
