using System.Net;

namespace Berth.Linux.Netlink;

/// <summary>An IPv4 route of the main table.</summary>
/// <param name="Gateway">Null when the destination is on the link itself.</param>
/// <param name="LinkIndex">Index of the interface that it leaves by; 0 where there are several or none.</param>
public sealed record Route(IPAddress Destination, int PrefixLength, IPAddress? Gateway, int LinkIndex);
