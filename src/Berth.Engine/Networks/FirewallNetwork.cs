namespace Berth.Engine.Networks;

/// <summary>What a firewall has to know of a network.</summary>
/// <param name="Bridge">Name of its interface.</param>
/// <param name="IsInternal">Nothing goes out of it or comes into it.</param>
/// <param name="Masquerades">What leaves it takes the host's address.</param>
/// <param name="ContainersMayTalk">False where they reach each other through published ports only.</param>
internal sealed record FirewallNetwork(string Bridge, Ipv4Network Subnet, bool IsInternal, bool Masquerades, bool ContainersMayTalk);
