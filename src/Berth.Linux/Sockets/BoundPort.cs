using System.Buffers.Binary;
using System.Net;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Berth.Linux.Sockets;

/// <summary>A port held by a socket that is bound and nothing else: nobody listens, yet nobody else can have it.</summary>
/// <remarks>
/// Not System.Net.Sockets: that sets SO_REUSEADDR on every TCP socket, and two sockets that have it and do not listen may be bound to the same port.
/// </remarks>
public static partial class BoundPort
{
    private const int AF_INET = 2;
    private const int SOCK_STREAM = 1;
    private const int SOCK_DGRAM = 2;
    private const int SOCK_CLOEXEC = 0x80000;
    private const int IPPROTO_SCTP = 132;
    private const int SOL_SOCKET = 1;
    private const int SO_REUSEADDR = 2;

    /// <param name="protocol"><c>tcp</c>, <c>udp</c> or <c>sctp</c>.</param>
    /// <param name="address">IPv4; 0.0.0.0 for all of the host's.</param>
    /// <returns>Holds the port until it is disposed of.</returns>
    /// <exception cref="LinuxException">EADDRINUSE: somebody has it. EADDRNOTAVAIL: no interface has the address.</exception>
    public static SafeFileHandle Take(string protocol, IPAddress address, ushort port)
    {
        (int type, int number) = protocol switch
        {
            "tcp" => (SOCK_STREAM, 0),
            "udp" => (SOCK_DGRAM, 0),
            "sctp" => (SOCK_STREAM, IPPROTO_SCTP),
            _ => throw new ArgumentException($"no such protocol: {protocol}", nameof(protocol)),
        };
        string subject = $"{address}:{port}/{protocol}";
        SafeFileHandle handle = socket(AF_INET, type | SOCK_CLOEXEC, number);
        int errno = Marshal.GetLastPInvokeError();
        if (handle.IsInvalid)
        {
            handle.Dispose();
            throw new LinuxException("socket", errno, subject);
        }

        errno = Bind(handle, address, port);
        if (errno == Errno.EADDRINUSE && type == SOCK_STREAM)
        {
            errno = BindBesideClosedConnections(handle, address, port);
        }

        if (errno != 0)
        {
            handle.Dispose();
            throw new LinuxException("bind", errno, subject);
        }

        return handle;
    }

    /// <summary>Connections in TIME_WAIT that a server left behind hold its port for a minute against all who do not say SO_REUSEADDR.</summary>
    private static int BindBesideClosedConnections(SafeFileHandle handle, IPAddress address, ushort port)
    {
        _ = setsockopt(handle, SOL_SOCKET, SO_REUSEADDR, 1, sizeof(int));
        int errno = Bind(handle, address, port);
        _ = setsockopt(handle, SOL_SOCKET, SO_REUSEADDR, 0, sizeof(int));
        return errno;
    }

    private static int Bind(SafeFileHandle handle, IPAddress address, ushort port)
    {
        // struct sockaddr_in: family, port and address in network order, eight bytes of nothing.
        Span<byte> name = stackalloc byte[16];
        name.Clear();
        MemoryMarshal.Write(name, (ushort)AF_INET);
        BinaryPrimitives.WriteUInt16BigEndian(name[2..], port);
        address.TryWriteBytes(name[4..], out _);
        int result = bind(handle, name, name.Length);
        int errno = Marshal.GetLastPInvokeError();
        return result == 0 ? 0 : errno;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial SafeFileHandle socket(int domain, int type, int protocol);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int bind(SafeFileHandle socket, ReadOnlySpan<byte> name, int length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setsockopt(SafeFileHandle socket, int level, int option, in int value, int length);
}
