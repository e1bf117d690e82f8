using System.Net.Sockets;
using System.Text;

namespace Berth.Daemon.Tests;

/// <summary>A client that speaks HTTP byte by byte, as one must to see a connection taken over.</summary>
internal sealed class RawConnection(Stream stream, Socket socket) : IDisposable
{
    public Stream Stream => stream;

    public static async Task<RawConnection> OpenAsync(ScratchServer server)
    {
        Socket socket = await server.ConnectAsync();
        return new RawConnection(new NetworkStream(socket), socket);
    }

    public Task SendAsync(string text) => stream.WriteAsync(Encoding.Latin1.GetBytes(text)).AsTask();

    /// <summary>The end of the client's input; it can still read.</summary>
    public void HalfClose() => socket.Shutdown(SocketShutdown.Send);

    public async Task<string> ReadHeadAsync()
    {
        var head = new StringBuilder();
        byte[] one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await stream.ReadAsync(one).AsTask().WaitAsync(TimeSpan.FromSeconds(20)) == 0)
            {
                break;
            }

            head.Append((char)one[0]);
        }

        return head.ToString();
    }

    public async Task<string> ReadToEndAsync()
    {
        using var all = new MemoryStream();
        await stream.CopyToAsync(all).WaitAsync(TimeSpan.FromSeconds(20));
        return Encoding.Latin1.GetString(all.ToArray());
    }

    public void Dispose()
    {
        stream.Dispose();
        socket.Dispose();
    }
}
