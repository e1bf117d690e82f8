using System.Net;
using System.Net.Sockets;
using Berth.Linux.Namespaces;
using Berth.Linux.Nftables;
using Microsoft.Extensions.Logging;

namespace Berth.Engine.Networks;

/// <summary>The name server at 127.0.0.11 in one container's namespace: knows its neighbours, asks others for the rest.</summary>
/// <remarks>
/// Its sockets are made by a thread in the namespace and keep that alive: dispose of the server before the namespace shall end.
/// They have ports of the kernel's choice, to which the namespace's own firewall leads port 53: a name server in the container finds that free.
/// </remarks>
internal sealed class DnsServer : IDisposable
{
    private const int MaxQueryLength = 4096;
    private const int MaxPending = 100;
    private const int MaxConnections = 16;
    private static readonly IPEndPoint Address = new(new IPAddress([127, 0, 0, 11]), 0);
    private static readonly TimeSpan IdleTimeout = TimeSpan.FromSeconds(10);

    private readonly DnsZone _zone;
    private readonly DnsForwarder _forwarder;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly string _containerId;
    private readonly Socket _datagrams;
    private readonly Socket _listener;
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _pending = new(MaxPending);
    private readonly SemaphoreSlim _connections = new(MaxConnections);

    private DnsServer(Socket datagrams, Socket listener, DnsZone zone, DnsForwarder forwarder, TimeProvider time, ILogger logger, string containerId)
    {
        (_datagrams, _listener, _zone, _forwarder, _time, _logger, _containerId) = (datagrams, listener, zone, forwarder, time, logger, containerId);
        _ = ServeDatagramsAsync();
        _ = ServeConnectionsAsync();
    }

    /// <exception cref="SocketException">The namespace has no loopback.</exception>
    /// <exception cref="NftException">The namespace can have no rules.</exception>
    public static DnsServer Start(string namespacePath, DnsZone zone, DnsForwarder forwarder, TimeProvider time, ILogger logger, string containerId)
    {
        (Socket datagrams, Socket listener) = NetNamespace.RunInside(namespacePath, Bind);
        return new DnsServer(datagrams, listener, zone, forwarder, time, logger, containerId);
    }

    public void Dispose()
    {
        _stop.Cancel();
        _datagrams.Dispose();
        _listener.Dispose();

        // What still runs sees the cancellation; nothing here holds more than memory.
    }

    private static (Socket Datagrams, Socket Listener) Bind()
    {
        var datagrams = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            datagrams.Bind(Address);
            listener.Bind(Address);
            listener.Listen(MaxConnections);
            using var ruleset = new Ruleset();
            ruleset.Run(NftTable.NameServer(PortOf(datagrams), PortOf(listener)));
            return (datagrams, listener);
        }
        catch
        {
            datagrams.Dispose();
            listener.Dispose();
            throw;
        }
    }

    private static int PortOf(Socket socket) => ((IPEndPoint)socket.LocalEndPoint!).Port; // Bound, so it has one.

    private async Task ServeDatagramsAsync()
    {
        byte[] buffer = new byte[MaxQueryLength];
        var anybody = new IPEndPoint(IPAddress.Any, 0);
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                SocketReceiveFromResult received = await _datagrams.ReceiveFromAsync(buffer, SocketFlags.None, anybody, _stop.Token).ConfigureAwait(false);
                await ServeDatagramAsync(buffer.AsMemory(0, received.ReceivedBytes), received.RemoteEndPoint).ConfigureAwait(false);
            }
            catch (SocketException) when (!_stop.IsCancellationRequested)
            {
                // About one client: it went away before its answer came.
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or SocketException)
            {
                Log.DnsEnded(_logger, _containerId, e);
                return;
            }
        }
    }

    /// <summary>Answers at once what it knows itself; what must be asked elsewhere does not hold up the next query.</summary>
    private async ValueTask ServeDatagramAsync(ReadOnlyMemory<byte> query, EndPoint client)
    {
        if (DnsMessage.TryReadQuery(query.Span) is not { } question)
        {
            return;
        }

        if (TryAnswer(query.Span, question, isDatagram: true) is { } answer)
        {
            await _datagrams.SendToAsync(answer, SocketFlags.None, client, _stop.Token).ConfigureAwait(false);
        }
        else if (await _pending.WaitAsync(0, _stop.Token).ConfigureAwait(false))
        {
            _ = ForwardDatagramAsync(query.ToArray(), question, client);
        }
        else
        {
            await _datagrams.SendToAsync(DnsMessage.FailureAnswer(query.Span, question), SocketFlags.None, client, _stop.Token).ConfigureAwait(false);
        }
    }

    private async Task ForwardDatagramAsync(byte[] query, DnsQuestion question, EndPoint client)
    {
        try
        {
            byte[] answer = await ForwardAsync(query, question, isDatagram: true).ConfigureAwait(false);
            await _datagrams.SendToAsync(answer, SocketFlags.None, client, _stop.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            Log.DnsEnded(_logger, _containerId, e);
        }
        finally
        {
            _pending.Release();
        }
    }

    private async Task ServeConnectionsAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await _connections.WaitAsync(_stop.Token).ConfigureAwait(false);
                _ = ServeConnectionAsync(await _listener.AcceptAsync(_stop.Token).ConfigureAwait(false));
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException || _stop.IsCancellationRequested)
            {
                Log.DnsEnded(_logger, _containerId, e);
                return;
            }
            catch (SocketException)
            {
                // The client was gone before it was accepted.
                _connections.Release();
            }
        }
    }

    private async Task ServeConnectionAsync(Socket client)
    {
        try
        {
            await using var stream = new NetworkStream(client, ownsSocket: true);
            while (true)
            {
                using var idle = new CancellationTokenSource(IdleTimeout, _time);
                using var both = CancellationTokenSource.CreateLinkedTokenSource(idle.Token, _stop.Token);
                byte[]? query = await DnsStream.ReadAsync(stream, MaxQueryLength, both.Token).ConfigureAwait(false);
                if (query is null || DnsMessage.TryReadQuery(query) is not { } question)
                {
                    return;
                }

                byte[] answer = TryAnswer(query, question, isDatagram: false) ?? await ForwardAsync(query, question, isDatagram: false).ConfigureAwait(false);
                await DnsStream.WriteAsync(stream, answer, _stop.Token).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or IOException)
        {
            Log.DnsEnded(_logger, _containerId, e);
        }
        finally
        {
            _connections.Release();
        }
    }

    /// <returns>Null for names that are not ours.</returns>
    private byte[]? TryAnswer(ReadOnlySpan<byte> query, DnsQuestion question, bool isDatagram)
    {
        if (question.Type == DnsMessage.TypePtr && DnsMessage.TryReadReverse(question.Name, out uint address))
        {
            return _zone.FindName(address) is { } name ? DnsMessage.NameAnswer(query, question, name, isDatagram) : null;
        }

        if (_zone.FindAddresses(question.Name) is not { } addresses)
        {
            return null;
        }

        // An empty answer for AAAA, not "no such name": that would end the client's search for the A record too.
        return question.Type == DnsMessage.TypeA
            ? DnsMessage.AddressAnswer(query, question, Shuffled(addresses), isDatagram)
            : DnsMessage.EmptyAnswer(query, question);
    }

    private async Task<byte[]> ForwardAsync(byte[] query, DnsQuestion question, bool isDatagram) =>
        await _forwarder.ForwardAsync(query, question, isDatagram, _zone.UpstreamServers(), _stop.Token).ConfigureAwait(false)
            ?? DnsMessage.FailureAnswer(query, question);

    private static IReadOnlyList<IPAddress> Shuffled(IReadOnlyList<IPAddress> addresses)
    {
        if (addresses.Count < 2)
        {
            return addresses;
        }

        IPAddress[] shuffled = [.. addresses];
        Random.Shared.Shuffle(shuffled);
        return shuffled;
    }
}
