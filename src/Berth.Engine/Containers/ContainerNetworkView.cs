using System.Globalization;
using Berth.Api.Containers;
using Berth.Api.Networks;
using Berth.Engine.Networks;

namespace Berth.Engine.Containers;

/// <summary>A container's networks as the Engine API shows them. Pure but for the ids of networks.</summary>
internal static class ContainerNetworkView
{
    /// <summary>For inspect. moby 28: daemon/inspect.go, getInspectData and getDefaultNetworkSettings.</summary>
    public static NetworkSettings Settings(ContainerSpec spec, ContainerRunState state, Func<string, string> networkIdOf)
    {
        IReadOnlyDictionary<string, EndpointSettings?> networks = Networks(spec, state, networkIdOf);
        EndpointSettings bridge = networks.GetValueOrDefault(SandboxRequests.Default) ?? new EndpointSettings();
        return new NetworkSettings
        {
            Bridge = "",
            SandboxID = state.Sandbox is null ? "" : state.Sandbox.ContainerId,
            SandboxKey = state.Sandbox?.NamespacePath ?? "",
            Ports = state.Sandbox?.Ports ?? new Dictionary<string, IReadOnlyList<PortBinding>?>(),
            HairpinMode = false,
            LinkLocalIPv6Address = "",
            LinkLocalIPv6PrefixLen = 0,
            EndpointID = bridge.EndpointID,
            Gateway = bridge.Gateway,
            GlobalIPv6Address = bridge.GlobalIPv6Address,
            GlobalIPv6PrefixLen = bridge.GlobalIPv6PrefixLen,
            IPAddress = bridge.IPAddress,
            IPPrefixLen = bridge.IPPrefixLen,
            IPv6Gateway = bridge.IPv6Gateway,
            MacAddress = bridge.MacAddress,
            Networks = networks,
        };
    }

    /// <summary>Its places while it runs; what it asks for while it does not, with the ids of the networks once it has been in them.</summary>
    public static IReadOnlyDictionary<string, EndpointSettings?> Networks(
        ContainerSpec spec, ContainerRunState state, Func<string, string> networkIdOf)
    {
        if (state.Sandbox is { } sandbox)
        {
            return sandbox.Endpoints.ToDictionary(e => e.Key, EndpointSettings? (e) => e.Value, StringComparer.Ordinal);
        }

        return spec.Networks.ToDictionary(
            n => n.Key,
            EndpointSettings? (n) => state.StartedAt is null ? n.Value : n.Value with { NetworkID = networkIdOf(n.Key) },
            StringComparer.Ordinal);
    }

    /// <summary>For lists: without what was asked, only what is. moby 28: container/view.go, transform.</summary>
    public static IReadOnlyDictionary<string, EndpointSettings?> Summary(
        ContainerSpec spec, ContainerRunState state, Func<string, string> networkIdOf) =>
        Networks(spec, state, networkIdOf).ToDictionary(
            n => n.Key,
            EndpointSettings? (n) => n.Value! with { Links = null, Aliases = null, DriverOpts = null, DNSNames = null },
            StringComparer.Ordinal);

    /// <summary>Ports of a running container, a row for each address that they are published on.</summary>
    public static IReadOnlyList<PortSummary> Ports(Sandbox? sandbox)
    {
        var rows = new List<PortSummary>();
        foreach ((string port, IReadOnlyList<PortBinding>? bindings) in sandbox?.Ports ?? new Dictionary<string, IReadOnlyList<PortBinding>?>())
        {
            (int number, string protocol) = Parse(port);
            if (bindings is null or { Count: 0 })
            {
                rows.Add(new PortSummary { PrivatePort = number, Type = protocol });
                continue;
            }

            rows.AddRange(bindings.Select(b => new PortSummary
            {
                IP = b.HostIp,
                PrivatePort = number,
                PublicPort = int.TryParse(b.HostPort, NumberStyles.None, CultureInfo.InvariantCulture, out int published) ? published : 0,
                Type = protocol,
            }));
        }

        return [.. rows.OrderBy(p => p.PrivatePort).ThenBy(p => p.Type, StringComparer.Ordinal)];
    }

    private static (int Number, string Protocol) Parse(string port)
    {
        int slash = port.IndexOf('/', StringComparison.Ordinal);
        string number = slash < 0 ? port : port[..slash];
        return (int.Parse(number, NumberStyles.None, CultureInfo.InvariantCulture), slash < 0 ? "tcp" : port[(slash + 1)..]);
    }
}
