using Berth.Linux.Descriptors;
using Berth.Linux.Sockets;

namespace Berth.Shim;

/// <summary>Where the runtime brings the master of the terminal that it makes in the container. Source: runc, docs/terminals.md, "Detached".</summary>
internal sealed class ConsoleSocket(EventLoop loop, string path, Action<Descriptor> onTerminal) : Source(UnixSockets.Listen(path))
{
    private Delivery? _delivery;

    public override short Wanted => _delivery is null ? Poll.POLLIN : NotWatched;

    public override void OnReady(short returned)
    {
        if (_delivery is null && UnixSockets.Accept(Descriptor) is { } connection)
        {
            _delivery = new Delivery(connection, onTerminal);
            loop.Add(_delivery);
        }
    }

    /// <summary>Takes in what waits without another round: the runtime has ended, so all was sent.</summary>
    public void Finish()
    {
        OnReady(Poll.POLLIN);
        if (_delivery is { Closed: false })
        {
            _delivery.OnReady(Poll.POLLIN);
            _delivery.Close();
        }

        Close();
    }

    protected override void OnClosed() => _ = DescriptorCalls.Unlink(path);

    private sealed class Delivery(Descriptor connection, Action<Descriptor> onTerminal) : Source(connection)
    {
        public override short Wanted => Poll.POLLIN;

        public override void OnReady(short returned)
        {
            if (UnixSockets.ReceiveDescriptor(Descriptor) is { } terminal)
            {
                onTerminal(terminal);
            }

            Close();
        }
    }
}
