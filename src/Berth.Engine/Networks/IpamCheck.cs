using Berth.Api.Networks;

namespace Berth.Engine.Networks;

/// <summary>Whether an address plan makes sense. Sentences of moby 28: api/types/network/ipam.go, ValidateIPAM.</summary>
internal static class IpamCheck
{
    /// <summary>The one IPv4 subnet that was asked for, checked; null when the choice is ours.</summary>
    /// <exception cref="EngineException">It makes no sense, or there are several.</exception>
    public static IpamConfig? Ipv4(Ipam? ipam)
    {
        var problems = new List<string>();
        var subnets = new List<IpamConfig>();
        foreach (IpamConfig config in ipam?.Config ?? [])
        {
            string subnet = config.Subnet ?? "";
            if (IsIpv6(subnet))
            {
                // Dropped without a word, as dockerd does while IPv6 is off.
                continue;
            }

            if (!Ipv4Network.TryParse(subnet, out uint address, out Ipv4Network network))
            {
                problems.Add($"invalid subnet {subnet}: invalid CIDR block notation");
                continue;
            }

            if (address != network.First)
            {
                problems.Add($"invalid subnet {subnet}: it should be {network}");
            }

            problems.AddRange(RangeProblems(config.IPRange ?? "", network));
            problems.AddRange(AddressProblems($"invalid gateway {config.Gateway}", config.Gateway ?? "", network));
            foreach ((string name, string value) in config.AuxiliaryAddresses ?? new Dictionary<string, string>())
            {
                problems.AddRange(AddressProblems($"invalid auxiliary address {name}", value, network));
            }

            subnets.Add(config);
        }

        if (problems.Count > 0)
        {
            throw NetworkErrors.InvalidConfig(problems);
        }

        return subnets.Count <= 1
            ? subnets.FirstOrDefault()
            : throw new EngineException(ErrorKind.InvalidParameter, "bridge driver doesn't support multiple subnets");
    }

    private static IEnumerable<string> RangeProblems(string range, Ipv4Network subnet)
    {
        if (range.Length == 0)
        {
            yield break;
        }

        if (IsIpv6(range))
        {
            yield return $"invalid ip-range {range}: parent subnet is an IPv4 block";
            yield break;
        }

        if (!Ipv4Network.TryParse(range, out uint address, out Ipv4Network network))
        {
            yield return $"invalid ip-range {range}: invalid CIDR block notation";
            yield break;
        }

        if (network.PrefixLength < subnet.PrefixLength)
        {
            yield return $"invalid ip-range {range}: CIDR block is bigger than its parent subnet {subnet}";
        }

        if (address != network.First)
        {
            yield return $"invalid ip-range {range}: it should be {network}";
        }

        if (!subnet.Overlaps(network))
        {
            yield return $"invalid ip-range {range}: parent subnet {subnet} doesn't contain ip-range";
        }
    }

    private static IEnumerable<string> AddressProblems(string what, string text, Ipv4Network subnet)
    {
        if (text.Length == 0)
        {
            yield break;
        }

        if (text.Contains(':', StringComparison.Ordinal))
        {
            yield return $"{what}: parent subnet is an IPv4 block";
        }
        else if (!Ipv4Network.TryParseAddress(text, out uint address))
        {
            yield return $"{what}: invalid address";
        }
        else if (!subnet.Contains(address))
        {
            yield return $"{what}: parent subnet {subnet} doesn't contain this address";
        }
    }

    private static bool IsIpv6(string block) => block.Contains(':', StringComparison.Ordinal);
}
