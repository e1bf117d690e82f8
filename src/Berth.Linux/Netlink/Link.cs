namespace Berth.Linux.Netlink;

/// <summary>An interface as the kernel has it.</summary>
/// <param name="Kind"><c>bridge</c>, <c>veth</c>, …; empty for hardware and loopback.</param>
/// <param name="MasterIndex">Index of the bridge that it is a port of, or 0.</param>
public sealed record Link(int Index, string Name, string Kind, int MasterIndex, int Mtu, bool IsUp);
