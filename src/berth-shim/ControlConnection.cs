using Berth.Linux;
using Berth.Linux.Descriptors;
using Berth.Linux.Sockets;
using Berth.Runtime.Shim;

namespace Berth.Shim;

/// <summary>A connection over which messages come, one after the other. It is read exactly, so that it can become bare streams after any message.</summary>
internal sealed class ControlConnection(Descriptor socket, ShimServer shim) : Source(socket)
{
    private readonly byte[] _header = new byte[ShimFrame.HeaderLength];
    private readonly NativeQueue _pending = new();
    private byte[]? _payload;
    private int _filled;
    private ShimFrame _frame;
    private bool _ending;
    private bool _handedOver;

    /// <summary>Whether events are sent to it.</summary>
    public bool IsControl { get; set; }

    public override short Wanted => _handedOver ? NotWatched : (short)((_ending ? 0 : Poll.POLLIN) | (_pending.IsEmpty ? 0 : Poll.POLLOUT));

    public override void OnReady(short returned)
    {
        if (!_pending.IsEmpty)
        {
            Flush();
        }

        if (!Closed && (returned & (Poll.POLLIN | Poll.POLLHUP | Poll.POLLERR)) != 0)
        {
            Receive();
        }
    }

    public void Send(ReadOnlyMemory<byte> message)
    {
        if (!Closed && !_handedOver)
        {
            _pending.Append(message.Span);
            Flush();
        }
    }

    /// <summary>Closes when all is sent.</summary>
    public void End()
    {
        _ending = true;
        if (_pending.IsEmpty)
        {
            Close();
        }
    }

    /// <summary>Takes the socket out of this connection, for streams: what was to be sent is sent first.</summary>
    public Descriptor HandOver()
    {
        _handedOver = true;
        var socket = new Descriptor(Descriptor.Release());
        Close();
        return socket;
    }

    protected override void OnClosed()
    {
        _pending.Clear();
        shim.OnConnectionClosed(this);
    }

    private void Flush()
    {
        int sent = UnixSockets.Send(Descriptor, _pending.Content);
        if (sent >= 0)
        {
            _pending.Remove(sent);
        }
        else if (sent != -Errno.EAGAIN)
        {
            Close();
            return;
        }

        if (_ending && _pending.IsEmpty)
        {
            Close();
        }
    }

    private void Receive()
    {
        Span<byte> space = _payload is null ? _header.AsSpan(_filled) : _payload.AsSpan(_filled);
        if (!space.IsEmpty)
        {
            int count = DescriptorCalls.Read(Descriptor, space);
            if (count <= 0)
            {
                if (count != -Errno.EAGAIN)
                {
                    Close();
                }

                return;
            }

            _filled += count;
        }

        if (_payload is null && _filled == _header.Length)
        {
            BeginPayload();
        }

        if (_payload is not null && _filled == _payload.Length)
        {
            byte[] payload = _payload;
            _payload = null;
            _filled = 0;
            Handle(payload);
        }
    }

    private void BeginPayload()
    {
        try
        {
            _frame = ShimFrame.Read(_header);
            _payload = _frame.Length == 0 ? [] : new byte[_frame.Length];
            _filled = 0;
        }
        catch (InvalidDataException)
        {
            Close(); // Whoever this is, it does not speak the protocol.
        }
    }

    private void Handle(byte[] payload)
    {
        try
        {
            shim.Handle(this, _frame, payload);
        }
        catch (Exception exception) when (exception is ArgumentException or LinuxException)
        {
            new Reply(this, _frame.RequestId).Fail(exception.Message);
        }
    }
}
