using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Berth.Api.Containers;

namespace Berth.Engine.Networks;

/// <summary>A port that shall be published, as it was asked for.</summary>
/// <param name="ContainerPort">With its protocol, such as <c>80/tcp</c>: the key of <c>NetworkSettings.Ports</c>.</param>
/// <param name="FirstHostPort">0 leaves the choice to us.</param>
/// <param name="LastHostPort">The same, unless any of a range will do.</param>
internal sealed record PortRequest(string ContainerPort, string Protocol, ushort Port, IPAddress HostAddress, ushort FirstHostPort, ushort LastHostPort)
{
    /// <summary>What of <paramref name="request"/> has to be published. moby 28: daemon/network.go, buildPortsRelatedCreateEndpointOptions.</summary>
    /// <param name="defaultAddress">For bindings that name none.</param>
    /// <exception cref="EngineException">A port or address is none.</exception>
    public static IReadOnlyList<PortRequest> Of(SandboxRequest request, IPAddress defaultAddress)
    {
        var wanted = new List<PortRequest>();
        foreach (string containerPort in AllPorts(request))
        {
            IReadOnlyList<PortBinding> bindings = request.PortBindings.GetValueOrDefault(containerPort) ?? [];
            if (bindings.Count == 0 && request.PublishAllPorts)
            {
                bindings = [new PortBinding()];
            }

            foreach (PortBinding binding in bindings)
            {
                wanted.Add(Of(containerPort, binding, defaultAddress));
            }
        }

        return wanted;
    }

    /// <summary>Every port that the container exposes, by whatever way it was said, with its protocol.</summary>
    public static IReadOnlyList<string> AllPorts(SandboxRequest request) =>
        [.. request.PortBindings.Keys.Concat(request.ExposedPorts).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    public static PortRequest Of(string containerPort, PortBinding binding, IPAddress defaultAddress)
    {
        (ushort port, string protocol) = Parse(containerPort);
        (ushort first, ushort last) = ParseRange(binding.HostPort);
        return new PortRequest(containerPort, protocol, port, HostAddressOf(binding.HostIp, defaultAddress), first, last);
    }

    /// <summary>Reads <c>80/tcp</c>; without a protocol it is TCP.</summary>
    /// <exception cref="EngineException">It is neither.</exception>
    public static (ushort Port, string Protocol) Parse(string containerPort)
    {
        string[] parts = containerPort.Split('/');
        string protocol = parts.Length == 1 ? "tcp" : parts[1].ToLowerInvariant();
        return parts.Length <= 2 && protocol is "tcp" or "udp" or "sctp" && TryParsePort(parts[0], out ushort port) && port > 0
            ? (port, protocol)
            : throw NetworkErrors.InvalidPort(containerPort);
    }

    private static (ushort First, ushort Last) ParseRange(string text)
    {
        if (text.Length == 0)
        {
            return (0, 0);
        }

        string[] parts = text.Split('-');
        return parts.Length <= 2 && TryParsePort(parts[0], out ushort first) && TryParsePort(parts[^1], out ushort last) && last >= first
            ? (first, last)
            : throw NetworkErrors.InvalidPort(text);
    }

    private static IPAddress HostAddressOf(string text, IPAddress defaultAddress)
    {
        if (text.Length == 0)
        {
            return defaultAddress;
        }

        if (Ipv4Network.TryParseAddress(text, out uint address))
        {
            return Ipv4Network.Address(address);
        }

        throw IPAddress.TryParse(text, out IPAddress? other) && other.AddressFamily == AddressFamily.InterNetworkV6
            ? NetworkErrors.NoIpv6Publishing(text)
            : NetworkErrors.InvalidHostAddress(text);
    }

    private static bool TryParsePort(string text, out ushort port) => ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port);
}
