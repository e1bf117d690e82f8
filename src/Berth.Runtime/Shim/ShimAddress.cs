using System.Net.Sockets;
using System.Text;
using Berth.Linux.Descriptors;
using Berth.Linux.Files;
using Berth.Linux.Sockets;

namespace Berth.Runtime.Shim;

/// <summary>Connects to a shim's socket, whose path may be longer than a socket's address can hold.</summary>
internal static class ShimAddress
{
    /// <exception cref="SocketException">Nobody listens there.</exception>
    public static async Task<Socket> ConnectAsync(Bundle bundle, CancellationToken ct)
    {
        if (Encoding.UTF8.GetByteCount(bundle.SocketPath) < UnixSockets.MaxPathLength)
        {
            return await ConnectAsync(bundle.SocketPath, ct).ConfigureAwait(false);
        }

        // Through a descriptor of the directory the path is short, however deep it lies.
        using Descriptor directory = DescriptorCalls.Open(bundle.Directory, OpenFlags.O_PATH | OpenFlags.O_DIRECTORY);
        return await ConnectAsync($"/proc/self/fd/{directory.Number}/{Bundle.SocketName}", ct).ConfigureAwait(false);
    }

    private static async Task<Socket> ConnectAsync(string path, CancellationToken ct)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), ct).ConfigureAwait(false);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
