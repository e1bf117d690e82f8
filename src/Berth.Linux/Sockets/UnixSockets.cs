using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using Berth.Linux.Descriptors;

namespace Berth.Linux.Sockets;

/// <summary>Stream sockets between processes of one machine, by plain system calls. Source: unix(7).</summary>
public static unsafe partial class UnixSockets
{
    /// <summary>sizeof(sockaddr_un.sun_path), the terminating zero included.</summary>
    public const int MaxPathLength = 108;

    private const int AF_UNIX = 1;
    private const int SOCK_STREAM = 1;
    private const int SOCK_NONBLOCK = 0x800;
    private const int SOCK_CLOEXEC = 0x80000;
    private const int MSG_DONTWAIT = 0x40;
    private const int MSG_NOSIGNAL = 0x4000;
    private const int MSG_CMSG_CLOEXEC = 0x40000000;
    private const int SOL_SOCKET = 1;
    private const int SCM_RIGHTS = 1;

    /// <summary>Two connected sockets, blocking and closed on exec.</summary>
    public static (Descriptor First, Descriptor Second) CreatePair()
    {
        int* ends = stackalloc int[2];
        int result = SocketPair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends);
        int errno = Marshal.GetLastPInvokeError();
        return result == 0 ? (new Descriptor(ends[0]), new Descriptor(ends[1])) : throw new LinuxException("socketpair", errno);
    }

    /// <summary>Listens, non-blocking, at a path that only the owner may connect to.</summary>
    /// <param name="path">At most <see cref="MaxPathLength"/> - 1 bytes: give a relative one where the directory's is long. Replaced where it exists.</param>
    public static Descriptor Listen(string path)
    {
        byte[] name = Encoding.UTF8.GetBytes(path);
        if (name.Length >= MaxPathLength)
        {
            throw new ArgumentException($"socket path of {name.Length} bytes", nameof(path));
        }

        int number = Socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        int errno = Marshal.GetLastPInvokeError();
        if (number < 0)
        {
            throw new LinuxException("socket", errno);
        }

        var socket = new Descriptor(number);

        // sockaddr_un: a 16-bit family in host order, then the path.
        Span<byte> address = stackalloc byte[2 + MaxPathLength];
        address.Clear();
        BinaryPrimitives.WriteUInt16LittleEndian(address, AF_UNIX);
        name.CopyTo(address[2..]);
        _ = DescriptorCalls.Unlink(path);
        fixed (byte* start = address)
        {
            // The mode before bind becomes the mode of the path: there is no moment in which others could connect.
            if (FChMod(number, 0x180) != 0 || Bind(number, start, (uint)(3 + name.Length)) != 0 || Listen(number, 128) != 0)
            {
                errno = Marshal.GetLastPInvokeError();
                socket.Dispose();
                throw new LinuxException("bind", errno, path);
            }
        }

        return socket;
    }

    /// <summary>The next connection, non-blocking; null where none waits any more.</summary>
    public static Descriptor? Accept(Descriptor listener)
    {
        int number = Accept4(listener.Number, null, null, SOCK_CLOEXEC | SOCK_NONBLOCK);
        return number >= 0 ? new Descriptor(number) : null;
    }

    /// <summary>Sends what fits now.</summary>
    /// <returns>Bytes sent, or minus errno (EAGAIN, EPIPE, …); never raises SIGPIPE.</returns>
    public static int Send(Descriptor socket, ReadOnlySpan<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            nint count = SendNative(socket.Number, start, (nuint)buffer.Length, MSG_DONTWAIT | MSG_NOSIGNAL);
            int errno = Marshal.GetLastPInvokeError();
            return count >= 0 ? (int)count : -errno;
        }
    }

    /// <summary>Receives one descriptor (SCM_RIGHTS); null where the message carries none.</summary>
    public static Descriptor? ReceiveDescriptor(Descriptor socket)
    {
        // cmsghdr: length (8 bytes), level, type, then the descriptors. Source: cmsg(3).
        const int headerLength = 16;
        byte* data = stackalloc byte[256];
        ulong* control = stackalloc ulong[8];
        var vector = new IoVector { Start = data, Length = 256 };
        var message = new MessageHeader { Vectors = &vector, VectorCount = 1, Control = control, ControlLength = 64 };
        nint count = ReceiveMessage(socket.Number, &message, MSG_CMSG_CLOEXEC);
        if (count <= 0 || message.ControlLength < headerLength + sizeof(int))
        {
            return null;
        }

        int* fields = (int*)control;
        return fields[2] == SOL_SOCKET && fields[3] == SCM_RIGHTS ? new Descriptor(fields[4]) : null;
    }

    private struct IoVector
    {
        public byte* Start;
        public nuint Length;
    }

    // struct msghdr on 64-bit systems.
    private struct MessageHeader
    {
        public void* Name;
        public uint NameLength;
        public IoVector* Vectors;
        public nuint VectorCount;
        public void* Control;
        public nuint ControlLength;
        public int Flags;
    }

    [LibraryImport("libc", EntryPoint = "socketpair", SetLastError = true)]
    private static partial int SocketPair(int domain, int type, int protocol, int* ends);

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    private static partial int Socket(int domain, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "fchmod", SetLastError = true)]
    private static partial int FChMod(int fd, uint mode);

    [LibraryImport("libc", EntryPoint = "bind", SetLastError = true)]
    private static partial int Bind(int fd, byte* address, uint length);

    [LibraryImport("libc", EntryPoint = "listen", SetLastError = true)]
    private static partial int Listen(int fd, int backlog);

    [LibraryImport("libc", EntryPoint = "accept4", SetLastError = true)]
    private static partial int Accept4(int fd, void* address, uint* length, int flags);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    private static partial nint SendNative(int fd, byte* buffer, nuint length, int flags);

    [LibraryImport("libc", EntryPoint = "recvmsg", SetLastError = true)]
    private static partial nint ReceiveMessage(int fd, MessageHeader* message, int flags);
}
