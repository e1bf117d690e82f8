using System.Net.NetworkInformation;

namespace Berth.Linux.Netlink;

/// <summary>Two interfaces joined like the ends of a cable.</summary>
public sealed record VethPair
{
    public required string Name { get; init; }

    /// <summary>Index of the bridge that this end is plugged into.</summary>
    public required int BridgeIndex { get; init; }

    public required string PeerName { get; init; }
    public required PhysicalAddress PeerMac { get; init; }
    public required int Mtu { get; init; }
}
