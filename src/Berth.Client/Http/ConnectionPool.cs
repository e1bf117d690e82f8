using System.Net.Sockets;
using System.Security.Authentication;

namespace Berth.Client.Http;

/// <summary>The open connections to one daemon that wait for their next request. Safe for several threads.</summary>
internal sealed class ConnectionPool : IDisposable
{
    private readonly DockerHost _host;
    private readonly Stack<HttpConnection> _idle = new();

    public ConnectionPool(DockerHost host) => _host = host;

    /// <exception cref="DaemonUnreachableException">No answer came.</exception>
    public HttpResponse Send(HttpRequest request)
    {
        while (true)
        {
            HttpConnection connection = Rent(request);
            try
            {
                connection.Send(request, _host.HostHeader);
                HttpHead head = connection.ReadHead();
                bool hasBody = request.Method != "HEAD" && head.Status is not (204 or 304 or 101);
                return new HttpResponse(head, connection, this, hasBody);
            }
            catch (Exception e) when (e is IOException or SocketException or InvalidDataException)
            {
                connection.Dispose();
                // The daemon may close an idle connection at any time; a fresh one tells whether it is there.
                if (connection.IsUsed && request.IsRepeatable && e is not InvalidDataException)
                {
                    continue;
                }

                throw DaemonUnreachableException.During(_host, request.Method, request.Target, e.Message, e);
            }
        }
    }

    private HttpConnection Rent(HttpRequest request)
    {
        lock (_idle)
        {
            if (_idle.TryPop(out HttpConnection? idle))
            {
                return idle;
            }
        }

        try
        {
            return new HttpConnection(DaemonConnector.Connect(_host));
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AccessDenied)
        {
            throw DaemonUnreachableException.Forbidden(_host, request.Method, request.Target, e);
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData)
        {
            throw DaemonUnreachableException.During(_host, request.Method, request.Target,
                $"dial tcp: lookup {_host.Address}: no such host", e);
        }
        catch (SocketException e)
        {
            throw DaemonUnreachableException.NotRunning(_host, e);
        }
        catch (Exception e) when (e is AuthenticationException or IOException or InvalidDataException)
        {
            throw DaemonUnreachableException.During(_host, request.Method, request.Target, e.Message, e);
        }
    }

    public void Return(HttpConnection connection)
    {
        lock (_idle)
        {
            _idle.Push(connection);
        }
    }

    public void Dispose()
    {
        lock (_idle)
        {
            while (_idle.TryPop(out HttpConnection? connection))
            {
                connection.Dispose();
            }
        }
    }
}
