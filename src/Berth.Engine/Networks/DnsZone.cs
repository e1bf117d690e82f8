using System.Net;

namespace Berth.Engine.Networks;

/// <summary>What one container may know by name.</summary>
internal sealed record DnsZone
{
    /// <summary>Addresses of a container's name or alias; null when nobody is called so.</summary>
    public required Func<string, IReadOnlyList<IPAddress>?> FindAddresses { get; init; }

    /// <summary>The name of the container at an address; null when none is there.</summary>
    public required Func<uint, string?> FindName { get; init; }

    /// <summary>Servers that are asked for everything else, in order; none while all networks are internal (CVE-2024-29018).</summary>
    public required Func<IReadOnlyList<string>> UpstreamServers { get; init; }
}
