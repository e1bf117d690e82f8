using Berth.Linux;
using Berth.Linux.Netlink;

namespace Berth.Engine.Networks;

public sealed partial class NetworkService
{
    /// <summary>(2) On the host: all ports are free and now ours.</summary>
    private void HoldPorts(LiveSandbox live)
    {
        if (live.Gateway is not { } gateway)
        {
            return;
        }

        try
        {
            foreach (PortRequest request in PortRequest.Of(live.Request, gateway.Network.Bridge!.HostBinding))
            {
                PortReservations.Reservation reservation = _ports.Take(request);
                live.Reservations.Add(reservation);
                live.Ports.Add((request, reservation.Port));
            }
        }
        catch (EngineException e)
        {
            throw NetworkErrors.Publishing(live.Request.ContainerName, gateway.Endpoint.Id, e);
        }
    }

    /// <summary>(4) In the firewall: from here on the ports lead into the container.</summary>
    private void Publish(LiveSandbox live)
    {
        if (live.Gateway is not { } gateway || live.Ports.Count == 0)
        {
            return;
        }

        PublishedPort[] ports = [.. PublishedPorts(live, gateway.Endpoint)];
        try
        {
            _firewall.Publish(ports);
        }
        catch (EngineException e)
        {
            throw NetworkErrors.Publishing(live.Request.ContainerName, gateway.Endpoint.Id, e);
        }

        live.Published.AddRange(ports);

        // A client that kept sending before the port led anywhere has an entry that says so.
        ForgetConnections(ports);
    }

    private static IEnumerable<PublishedPort> PublishedPorts(LiveSandbox live, Endpoint endpoint) => live.Ports.Select(p =>
        new PublishedPort(p.Request.Protocol, p.Request.HostAddress, p.HostPort, Ipv4Network.Address(endpoint.Address), p.Request.Port));

    private void Unpublish(LiveSandbox live)
    {
        PublishedPort[] ports = [.. live.Published];
        _firewall.Unpublish(ports);
        live.Published.Clear();
        ForgetConnections(ports);
    }

    /// <summary>Only UDP needs it: a TCP connection ends with its container.</summary>
    private void ForgetConnections(IReadOnlyList<PublishedPort> ports)
    {
        HashSet<ushort> udp = [.. ports.Where(p => p.Protocol == "udp").Select(p => p.HostPort)];
        if (udp.Count == 0)
        {
            return;
        }

        try
        {
            _host.Netfilter.ForgetUdp(udp);
        }
        catch (LinuxException e)
        {
            Log.ConnectionsNotForgotten(_logger, string.Join(' ', udp), e);
        }
    }
}
