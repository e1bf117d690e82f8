using System.Net;

namespace Berth.Engine.Networks;

/// <summary>A port of the host that leads to one of a container.</summary>
/// <param name="Protocol"><c>tcp</c>, <c>udp</c> or <c>sctp</c>.</param>
/// <param name="HostAddress">0.0.0.0 for every address of the host.</param>
internal sealed record PublishedPort(string Protocol, IPAddress HostAddress, ushort HostPort, IPAddress ContainerAddress, ushort ContainerPort);
