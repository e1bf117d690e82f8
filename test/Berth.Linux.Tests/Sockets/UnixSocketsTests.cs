using System.Net.Sockets;
using Berth.Linux.Descriptors;
using Berth.Linux.Sockets;
using Berth.TestHost;

namespace Berth.Linux.Tests.Sockets;

public sealed class UnixSocketsTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Only_the_owner_may_connect_and_a_stale_socket_is_replaced()
    {
        string path = _scratch.File("s");
        UnixSockets.Listen(path).Dispose();
        using Descriptor listener = UnixSockets.Listen(path);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        Assert.Null(UnixSockets.Accept(listener));
        using var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        client.Connect(new UnixDomainSocketEndPoint(path));
        using Descriptor? accepted = UnixSockets.Accept(listener);
        Assert.NotNull(accepted);
    }

    [Fact]
    public void A_path_that_an_address_cannot_hold_is_refused() =>
        Assert.Throws<ArgumentException>(() => UnixSockets.Listen(_scratch.File(new string('x', 108))));

    [Fact]
    public void Sending_takes_what_fits_and_tells_when_nobody_is_there()
    {
        (Descriptor first, Descriptor second) = UnixSockets.CreatePair();
        using (first)
        {
            var block = new byte[1 << 20];
            int sent = UnixSockets.Send(first, block);
            Assert.InRange(sent, 1, block.Length - 1);
            Assert.Equal(-Errno.EAGAIN, UnixSockets.Send(first, block));
            second.Dispose();
            Assert.Equal(-Errno.EPIPE, UnixSockets.Send(first, block));
        }
    }
}
