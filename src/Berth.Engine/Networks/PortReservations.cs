using System.Globalization;
using System.Net;
using Berth.Linux;
using Berth.Linux.Sockets;
using Microsoft.Win32.SafeHandles;

namespace Berth.Engine.Networks;

/// <summary>The host's ports that are published, each held by a bound socket so that a conflict is seen by whoever comes second, us or them.</summary>
internal sealed class PortReservations(HostNetwork host)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Protocol, ushort Port), List<Reservation>> _taken = [];
    private ushort? _lastChosen;

    /// <summary>Holds the first port of the request that is free, or one of our choice where it names none.</summary>
    /// <exception cref="EngineException">Nothing of what was asked for is free.</exception>
    public Reservation Take(PortRequest request)
    {
        lock (_lock)
        {
            return request.FirstHostPort == 0 ? TakeAny(request) : TakeOneOf(request);
        }
    }

    private Reservation TakeOneOf(PortRequest request)
    {
        EngineException? failure = null;
        for (int port = request.FirstHostPort; port <= request.LastHostPort; port++)
        {
            try
            {
                return TakeExactly(request.Protocol, request.HostAddress, (ushort)port);
            }
            catch (EngineException e)
            {
                failure ??= e;
            }
        }

        throw failure!; // A range has at least one port.
    }

    /// <summary>
    /// One after the other, so that a port that was just given back is not the next to be given out; from a place of chance on, so that it is
    /// not another daemon's either: one that was killed holds its ports again only when it is started again, while its containers go on to use them.
    /// </summary>
    private Reservation TakeAny(PortRequest request)
    {
        (ushort first, ushort last) = EphemeralRange();
        int count = last - first + 1;
        for (int i = 0; i < count; i++)
        {
            int next = _lastChosen + 1 ?? Random.Shared.Next(first, last + 1);
            ushort port = next < first || next > last ? first : (ushort)next;
            _lastChosen = port;
            if (Find(request.Protocol, request.HostAddress, port) is not null)
            {
                continue;
            }

            try
            {
                return TakeExactly(request.Protocol, request.HostAddress, port);
            }
            catch (EngineException e) when (e.InnerException is LinuxException { Errno: Errno.EADDRINUSE })
            {
                // Somebody else's: try the next one.
            }
        }

        throw NetworkErrors.AllPortsAllocated();
    }

    private Reservation TakeExactly(string protocol, IPAddress address, ushort port)
    {
        if (Find(protocol, address, port) is not null)
        {
            throw NetworkErrors.PortAllocated(address.ToString(), port);
        }

        SafeFileHandle? socket;
        try
        {
            socket = host.Run(() => BoundPort.Take(protocol, address, port));
        }
        catch (LinuxException e) when (e.Call == "socket" && protocol == "sctp")
        {
            // The kernel may translate SCTP without being able to speak it itself; then nobody else on this host can take the port either.
            socket = null;
        }
        catch (LinuxException e)
        {
            throw NetworkErrors.PortInUse(address.ToString(), port, protocol, e);
        }

        var reservation = new Reservation(this, protocol, address, port, socket);
        if (!_taken.TryGetValue((protocol, port), out List<Reservation>? others))
        {
            _taken[(protocol, port)] = others = [];
        }

        others.Add(reservation);
        return reservation;
    }

    private Reservation? Find(string protocol, IPAddress address, ushort port) =>
        _taken.GetValueOrDefault((protocol, port))?.Find(other =>
            other.Address.Equals(address) || other.Address.Equals(IPAddress.Any) || address.Equals(IPAddress.Any));

    private (ushort First, ushort Last) EphemeralRange()
    {
        string[] parts = (host.Run(() => Sysctl.Read("net", "ipv4", "ip_local_port_range")) ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return parts.Length == 2
            && ushort.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out ushort first)
            && ushort.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out ushort last)
                ? (first, last)
                : ((ushort)32768, (ushort)60999);
    }

    private void Release(Reservation reservation)
    {
        lock (_lock)
        {
            (string, ushort) key = (reservation.Protocol, reservation.Port);
            if (_taken.TryGetValue(key, out List<Reservation>? others) && others.Remove(reservation) && others.Count == 0)
            {
                _taken.Remove(key);
            }
        }
    }

    /// <summary>A port held until this is disposed of.</summary>
    internal sealed class Reservation(PortReservations owner, string protocol, IPAddress address, ushort port, SafeFileHandle? socket) : IDisposable
    {
        public string Protocol { get; } = protocol;
        public IPAddress Address { get; } = address;
        public ushort Port { get; } = port;

        public void Dispose()
        {
            socket?.Dispose();
            owner.Release(this);
        }
    }
}
