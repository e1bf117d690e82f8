using System.Globalization;
using System.Net;
using Berth.Api.Containers;
using Berth.Api.Networks;
using Berth.Linux;
using Berth.Linux.Namespaces;
using Berth.Linux.Netlink;

namespace Berth.Engine.Networks;

public sealed partial class NetworkService
{
    /// <summary>Takes up the places of containers that still run, and removes from the kernel what belongs to nobody.</summary>
    internal Task AdoptAsync(IReadOnlyList<Sandbox> sandboxes, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        foreach (Sandbox sandbox in sandboxes)
        {
            LiveSandbox live;
            lock (_lock)
            {
                live = Recall(sandbox);
                _sandboxes[live.ContainerId] = live;
            }

            HoldPublishedPorts(live);
            TryStartDns(live);
        }

        ReplaceFirewall();
        RemoveLeftovers();
        return Task.CompletedTask;
    }

    /// <summary>What memory held of a sandbox, from what was stored of it; under the lock.</summary>
    private LiveSandbox Recall(Sandbox sandbox)
    {
        var live = new LiveSandbox(sandbox.Request, sandbox.NamespacePath);
        foreach ((string name, EndpointSettings settings) in sandbox.Endpoints)
        {
            if (TryFind(settings.NetworkID) is not { } network)
            {
                Log.NetworkOfRunningContainerIsGone(_logger, sandbox.ContainerId, name);
                continue;
            }

            _ = Ipv4Network.TryParseAddress(settings.IPAddress, out uint address);
            var endpoint = new Endpoint
            {
                Id = settings.EndpointID,
                ContainerId = sandbox.ContainerId,
                ContainerName = sandbox.Request.ContainerName,
                Address = address,
                Mac = settings.MacAddress,
                DnsNames = settings.DNSNames ?? [],
                Settings = settings,
            };
            network.Addresses?.TryTake(address);
            network.Add(endpoint);
            live.Attachments.Add((network, endpoint));
        }

        foreach ((string port, IReadOnlyList<PortBinding>? bindings) in sandbox.Ports)
        {
            foreach (PortBinding binding in bindings ?? [])
            {
                live.Ports.Add((PortRequest.Of(port, binding, IPAddress.Any), ushort.Parse(binding.HostPort, CultureInfo.InvariantCulture)));
            }
        }

        if (live.Gateway is { } gateway)
        {
            live.Published.AddRange(PublishedPorts(live, gateway.Endpoint));
        }

        return live;
    }

    private void TryStartDns(LiveSandbox live)
    {
        try
        {
            StartDns(live);
        }
        catch (EngineException e)
        {
            Log.DnsNotAvailable(_logger, live.ContainerId, e);
        }
    }

    /// <summary>A port that somebody took while no daemon ran still leads into the container: it is only not held.</summary>
    private void HoldPublishedPorts(LiveSandbox live)
    {
        foreach ((PortRequest request, ushort hostPort) in live.Ports)
        {
            try
            {
                live.Reservations.Add(_ports.Take(request with { FirstHostPort = hostPort, LastHostPort = hostPort }));
            }
            catch (EngineException e)
            {
                Log.PortNotHeld(_logger, request.HostAddress.ToString(), hostPort, request.Protocol, live.ContainerId, e);
            }
        }
    }

    /// <summary>Only what is certainly this daemon's: pins in its own directory, and cables plugged into its own bridges.</summary>
    private void RemoveLeftovers()
    {
        string[] pins = Directory.Exists(_paths.NetworkNamespaces) ? Directory.GetFiles(_paths.NetworkNamespaces) : [];
        IReadOnlyList<Link> links = _host.Netlink.ListLinks();
        List<string> cables;
        lock (_lock)
        {
            HashSet<string?> used = [.. _sandboxes.Values.Select(s => s.NamespacePath)];
            pins = [.. pins.Where(pin => !used.Contains(pin))];
            cables = [.. _networks.Values.Where(n => n.Driver == "bridge").SelectMany(n => BridgeDriver.FindLeftovers(n, links))];
        }

        foreach (string cable in cables)
        {
            RemoveLeftover("interface", cable, () => _bridges.RemoveInterface(cable));
        }

        foreach (string pin in pins)
        {
            RemoveLeftover("namespace", pin, () => NetNamespace.Delete(pin));
        }
    }

    private void RemoveLeftover(string what, string name, Action remove)
    {
        try
        {
            remove();
            Log.LeftoverRemoved(_logger, what, name);
        }
        catch (Exception e) when (e is LinuxException or IOException)
        {
            Log.LeftoverStays(_logger, what, name, e);
        }
    }
}
