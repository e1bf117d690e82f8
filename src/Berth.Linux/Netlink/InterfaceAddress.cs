using System.Net;

namespace Berth.Linux.Netlink;

/// <summary>An IPv4 address that an interface has.</summary>
public sealed record InterfaceAddress(int LinkIndex, IPAddress Address, int PrefixLength);
