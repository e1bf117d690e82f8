using System.Net;
using System.Net.Sockets;
using Berth.Linux;
using Berth.Linux.Nftables;

namespace Berth.Engine.Networks;

public sealed partial class NetworkService
{
    /// <exception cref="EngineException">The container's namespace is gone, or has no room for the server.</exception>
    private void StartDns(LiveSandbox live)
    {
        if (!live.ResolvesNames || live.Dns is not null || live.NamespacePath is null)
        {
            return;
        }

        var zone = new DnsZone
        {
            FindAddresses = name => FindAddresses(live, name),
            FindName = address => FindName(live, address),
            UpstreamServers = () => UpstreamServers(live),
        };
        try
        {
            live.Dns = DnsServer.Start(live.NamespacePath, zone, _forwarder, _time, _logger, live.ContainerId);
        }
        catch (Exception e) when (e is SocketException or LinuxException or NftException)
        {
            throw new EngineException(ErrorKind.System, $"failed to start the embedded DNS server: {e.Message}", e);
        }
    }

    /// <summary>Looks in every network that the container is in, for a link, a name, or a name followed by the network's own.</summary>
    private List<IPAddress>? FindAddresses(LiveSandbox live, string name)
    {
        lock (_lock)
        {
            foreach ((Network network, Endpoint endpoint) in live.Attachments.Where(a => a.Network.ResolvesNames))
            {
                string local = name.EndsWith("." + network.Name, StringComparison.OrdinalIgnoreCase) ? name[..^(network.Name.Length + 1)] : name;
                IReadOnlyList<uint> found = network.Find(LinkTarget(endpoint, local) ?? local);
                found = found.Count == 0 && local != name ? network.Find(name) : found;
                if (found.Count > 0)
                {
                    return [.. found.Select(Ipv4Network.Address)];
                }
            }
        }

        return null;
    }

    /// <summary>Links of user-defined networks are other names for containers, which only this one knows.</summary>
    private static string? LinkTarget(Endpoint endpoint, string alias) => (endpoint.Settings.Links ?? [])
        .Select(link => link.Split(':', 2))
        .FirstOrDefault(parts => parts.Length == 2 && parts[1].Equals(alias, StringComparison.OrdinalIgnoreCase))?[0].TrimStart('/');

    private string? FindName(LiveSandbox live, uint address)
    {
        lock (_lock)
        {
            return live.Attachments.Where(a => a.Network.ResolvesNames && a.Network.Addresses!.Subnet.Contains(address))
                .Select(a => a.Network.FindByAddress(address) is { } found ? $"{found.ContainerName}.{a.Network.Name}" : null)
                .FirstOrDefault();
        }
    }

    private IReadOnlyList<string> UpstreamServers(LiveSandbox live)
    {
        lock (_lock)
        {
            if (live.Gateway is null)
            {
                return [];
            }
        }

        return _files.UpstreamServers(live.Request);
    }
}
