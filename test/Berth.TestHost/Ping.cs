using System.Net.Sockets;

namespace Berth.TestHost;

internal static class Ping
{
    /// <summary>Whether a daemon answers <c>/_ping</c> on the socket; false where nobody listens yet.</summary>
    public static async Task<bool> AnswersAsync(string path, CancellationToken ct)
    {
        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), ct);
            await socket.SendAsync("GET /_ping HTTP/1.0\r\n\r\n"u8.ToArray(), ct);
            var answer = new byte[12];
            await new NetworkStream(socket).ReadExactlyAsync(answer, ct);
            return answer.AsSpan(9, 3).SequenceEqual("200"u8);
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            return false;
        }
    }
}
