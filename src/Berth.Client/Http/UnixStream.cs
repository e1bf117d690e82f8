using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;

namespace Berth.Client.Http;

/// <summary>A connected unix socket, read and written by the system calls themselves.</summary>
/// <remarks>
/// System.Net.Sockets starts an epoll thread with the first socket, also where every call blocks: two to four milliseconds
/// that a command would spend before it has said a word. Sources: unix(7), shutdown(2).
/// </remarks>
internal sealed unsafe partial class UnixStream : Stream
{
    private const int AF_UNIX = 1;
    private const int SOCK_STREAM = 1;
    private const int SOCK_CLOEXEC = 0x80000;
    private const int MSG_NOSIGNAL = 0x4000;
    private const int SHUT_WR = 1;
    private const int SHUT_RDWR = 2;
    private const int EINTR = 4;
    private const int EACCES = 13;
    private const int PathCapacity = 108;

    private readonly SafeSocket _socket;

    private UnixStream(SafeSocket socket) => _socket = socket;

    /// <exception cref="SocketException">Nobody listens there, or we may not.</exception>
    public static UnixStream Connect(string path)
    {
        byte[] name = Encoding.UTF8.GetBytes(path);
        if (name.Length >= PathCapacity)
        {
            throw new SocketException((int)SocketError.InvalidArgument);
        }

        SafeSocket socket = OpenSocket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        byte* address = stackalloc byte[2 + PathCapacity];
        new Span<byte>(address, 2 + PathCapacity).Clear();
        address[0] = AF_UNIX; // sa_family_t in the machine's order; both that we run on are little-endian
        name.CopyTo(new Span<byte>(address + 2, PathCapacity));
        if (socket.IsInvalid || Connect(socket, address, (uint)(2 + name.Length + 1)) != 0)
        {
            int errno = Marshal.GetLastPInvokeError();
            socket.Dispose();
            throw new SocketException((int)(errno == EACCES ? SocketError.AccessDenied : SocketError.ConnectionRefused));
        }

        return new UnixStream(socket);
    }

    public void CloseWrite() => _ = Shutdown(_socket, SHUT_WR);

    /// <summary>Ends both ways; a read that waits on another thread returns.</summary>
    public void Abandon() => _ = Shutdown(_socket, SHUT_RDWR);

    public override int Read(Span<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            while (true)
            {
                nint read = Receive(_socket, start, (nuint)buffer.Length, 0);
                if (read >= 0)
                {
                    return (int)read;
                }

                int errno = Marshal.GetLastPInvokeError();
                if (errno != EINTR)
                {
                    throw new IOException(Marshal.GetPInvokeErrorMessage(errno));
                }
            }
        }
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            nint written;
            fixed (byte* start = buffer)
            {
                written = Send(_socket, start, (nuint)buffer.Length, MSG_NOSIGNAL);
            }

            if (written >= 0)
            {
                buffer = buffer[(int)written..];
                continue;
            }

            int errno = Marshal.GetLastPInvokeError();
            if (errno != EINTR)
            {
                throw new IOException(Marshal.GetPInvokeErrorMessage(errno));
            }
        }
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));
    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _socket.Dispose();
        }

        base.Dispose(disposing);
    }

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => true;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }
    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();

    internal sealed class SafeSocket : SafeHandle
    {
        public SafeSocket() : base(-1, ownsHandle: true)
        {
        }

        public override bool IsInvalid => handle == -1;

        protected override bool ReleaseHandle() => CloseDescriptor((int)handle) == 0;
    }

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    private static partial SafeSocket OpenSocket(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "connect", SetLastError = true)]
    private static partial int Connect(SafeSocket socket, byte* address, uint length);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    private static partial nint Receive(SafeSocket socket, byte* buffer, nuint length, int flags);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    private static partial nint Send(SafeSocket socket, byte* buffer, nuint length, int flags);

    [LibraryImport("libc", EntryPoint = "shutdown", SetLastError = true)]
    private static partial int Shutdown(SafeSocket socket, int how);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int CloseDescriptor(int descriptor);
}
