using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;

namespace Berth.Engine.Networks;

/// <summary>Asks other servers, from the host's network. A fresh socket, port and number for each question make answers hard to forge.</summary>
internal sealed class DnsForwarder(HostNetwork host, TimeProvider time, ILogger logger)
{
    private const int DnsPort = 53;

    /// <summary>moby 28: libnetwork/resolver.go, maxExtDNS and extIOTimeout.</summary>
    private const int MaxServers = 3;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(4);

    /// <summary>Questions under way, of all containers: moby's maxConcurrent.</summary>
    private const int MaxUnderWay = 1024;

    private int _underWay;

    /// <returns>The answer under the query's own number, or null when nobody gave one.</returns>
    public async Task<byte[]?> ForwardAsync(ReadOnlyMemory<byte> query, DnsQuestion question, bool isDatagram, IReadOnlyList<string> servers, CancellationToken ct)
    {
        try
        {
            if (Interlocked.Increment(ref _underWay) > MaxUnderWay)
            {
                return null;
            }

            byte[]? refusal = null;
            foreach (string server in servers.Take(MaxServers))
            {
                if (!IPAddress.TryParse(server, out IPAddress? address))
                {
                    continue;
                }

                byte[]? reply = await TryAskAsync(new IPEndPoint(address, DnsPort), query, question, isDatagram, ct).ConfigureAwait(false);
                if (reply is null)
                {
                    continue;
                }

                query.Span[..2].CopyTo(reply);

                // SERVFAIL and REFUSED are about the server: another one may know.
                if (DnsMessage.ResponseCode(reply) is not (DnsMessage.ServerFailure or 5))
                {
                    return reply;
                }

                refusal = reply;
            }

            return refusal;
        }
        finally
        {
            Interlocked.Decrement(ref _underWay);
        }
    }

    private async Task<byte[]?> TryAskAsync(IPEndPoint server, ReadOnlyMemory<byte> query, DnsQuestion question, bool isDatagram, CancellationToken ct)
    {
        using var timeout = new CancellationTokenSource(Timeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, ct);
        try
        {
            byte[] sent = query.ToArray();
            ushort id = (ushort)RandomNumberGenerator.GetInt32(ushort.MaxValue + 1);
            BinaryPrimitives.WriteUInt16BigEndian(sent, id);
            using Socket socket = host.Run(() => isDatagram
                ? new Socket(server.AddressFamily, SocketType.Dgram, ProtocolType.Udp)
                : new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp));
            await socket.ConnectAsync(server, both.Token).ConfigureAwait(false);
            return isDatagram
                ? await AskByDatagramAsync(socket, sent, question, id, both.Token).ConfigureAwait(false)
                : await AskByStreamAsync(socket, sent, question, id, both.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            Log.DnsServerFailed(logger, server, "timeout");
            return null;
        }
        catch (Exception e) when (e is SocketException or EndOfStreamException)
        {
            Log.DnsServerFailed(logger, server, e.Message);
            return null;
        }
    }

    private static async Task<byte[]> AskByDatagramAsync(Socket socket, byte[] query, DnsQuestion question, ushort id, CancellationToken ct)
    {
        await socket.SendAsync(query, SocketFlags.None, ct).ConfigureAwait(false);
        byte[] buffer = new byte[4096];
        while (true)
        {
            int length = await socket.ReceiveAsync(buffer, SocketFlags.None, ct).ConfigureAwait(false);
            if (DnsMessage.IsReplyTo(buffer.AsSpan(0, length), query, question, id))
            {
                return buffer[..length];
            }
        }
    }

    private static async Task<byte[]?> AskByStreamAsync(Socket socket, byte[] query, DnsQuestion question, ushort id, CancellationToken ct)
    {
        await using var stream = new NetworkStream(socket);
        await DnsStream.WriteAsync(stream, query, ct).ConfigureAwait(false);
        byte[]? reply = await DnsStream.ReadAsync(stream, ushort.MaxValue, ct).ConfigureAwait(false);
        return reply is not null && DnsMessage.IsReplyTo(reply, query, question, id) ? reply : null;
    }
}
