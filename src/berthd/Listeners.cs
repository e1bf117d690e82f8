using System.Net;
using System.Net.Sockets;
using Berth.Daemon.Configuration;
using Berth.Engine;
using Berth.Engine.Daemon;

namespace Berth.Daemon;

/// <summary>The daemon's sockets, bound before anything else is touched, so that a second daemon stops early.</summary>
internal sealed class Listeners : IDisposable
{
    private readonly List<(ListenAddress Address, EndPoint EndPoint, Socket Socket)> _bound = [];

    public IEnumerable<(ListenAddress Address, EndPoint EndPoint)> Bound => _bound.Select(bound => (bound.Address, bound.EndPoint));

    /// <exception cref="EngineException">Something else listens there, or the address cannot be used.</exception>
    public static Listeners Bind(DaemonOptions options)
    {
        var listeners = new Listeners();
        try
        {
            IReadOnlyList<ListenAddress> addresses = options.Hosts.Count > 0 ? options.Hosts : [ListenAddress.Unix(ListenAddress.DefaultSocket)];
            foreach (ListenAddress address in addresses)
            {
                if (address.SocketPath is { } path)
                {
                    listeners.BindUnix(address, path, options.SocketGroup);
                }
                else
                {
                    listeners.BindTcp(address);
                }
            }

            return listeners;
        }
        catch
        {
            listeners.Dispose();
            throw;
        }
    }

    /// <summary>What Kestrel asks for its own: the socket that was bound to <paramref name="endPoint"/>.</summary>
    public Socket SocketOf(EndPoint endPoint) => _bound.First(bound => bound.EndPoint.Equals(endPoint)).Socket;

    public void Dispose()
    {
        foreach ((_, _, Socket socket) in _bound)
        {
            socket.Dispose();
        }
    }

    private void BindUnix(ListenAddress address, string path, string? group)
    {
        RemoveStale(path);
        var endPoint = new UnixDomainSocketEndPoint(path);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        _bound.Add((address, endPoint, socket));
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path) ?? "/");
            // Nobody can connect before listen(2); by then only the group can.
            socket.Bind(endPoint);
        }
        catch (Exception e) when (e is SocketException or IOException or UnauthorizedAccessException)
        {
            throw new EngineException(ErrorKind.System, $"can't create unix socket {path}: {e.Message}", e);
        }

        SocketAccess.Grant(path, group);
    }

    private static void RemoveStale(string path)
    {
        if (!File.Exists(path))
        {
            return;
        }

        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(path));
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionRefused or SocketError.AddressNotAvailable)
        {
            File.Delete(path);
            return;
        }
        catch (SocketException e)
        {
            throw new EngineException(ErrorKind.System, $"can't create unix socket {path}: it is there and cannot be asked whose it is: {e.Message}", e);
        }

        throw new EngineException(ErrorKind.Conflict,
            $"another daemon answers on {path}: give this one a socket of its own with -H unix:///path/to/docker.sock");
    }

    private void BindTcp(ListenAddress address)
    {
        IPAddress[] hosts = address.Host == "localhost"
            ? Socket.OSSupportsIPv6 ? [IPAddress.Loopback, IPAddress.IPv6Loopback] : [IPAddress.Loopback]
            : [IPAddress.Parse(address.Host)];
        foreach (IPAddress host in hosts)
        {
            var endPoint = new IPEndPoint(host, address.Port);
            var socket = new Socket(host.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            _bound.Add((address, endPoint, socket));
            try
            {
                if (host.AddressFamily == AddressFamily.InterNetworkV6)
                {
                    socket.DualMode = host.Equals(IPAddress.IPv6Any);
                }

                socket.Bind(endPoint);
            }
            catch (SocketException e)
            {
                throw new EngineException(ErrorKind.System, $"can't listen on tcp {endPoint}: {e.Message}", e);
            }
        }
    }
}
