using Berth.Linux;
using Berth.Linux.Descriptors;
using Berth.Linux.Sockets;
using Berth.Runtime.Output;
using Berth.Runtime.Shim;

namespace Berth.Shim;

/// <summary>A connection that has become a process's streams.</summary>
internal sealed class AttachConnection(Descriptor socket, ShimAttach request, OutputRelay output, InputRelay input) : Source(socket)
{
    private readonly NativeQueue _pending = new();
    private bool _inputEnded = !request.Stdin;
    private bool _outputEnded;
    private bool _peerGone;

    public bool HasPendingOutput => !_pending.IsEmpty;

    public override short Wanted
    {
        get
        {
            bool reads = !_inputEnded && input.IsReady;
            if (_peerGone)
            {
                // Its hang-up would be reported for ever; only what it still sent is of interest.
                return reads ? Poll.POLLIN : NotWatched;
            }

            return (short)((reads ? Poll.POLLIN : 0) | (HasPendingOutput ? Poll.POLLOUT : 0));
        }
    }

    public override void OnReady(short returned)
    {
        if ((returned & (Poll.POLLHUP | Poll.POLLERR)) != 0)
        {
            LosePeer();
        }

        if (!_peerGone && HasPendingOutput)
        {
            Flush();
        }

        if (!Closed && !_inputEnded && input.IsReady)
        {
            ReadInput();
        }
    }

    public void SendOutput(OutputStream stream, ReadOnlySpan<byte> piece)
    {
        if (_peerGone || !(stream == OutputStream.Stdout ? request.Stdout : request.Stderr))
        {
            return;
        }

        int sent = HasPendingOutput ? 0 : TrySend(piece);
        if (sent >= 0)
        {
            _pending.Append(piece[sent..]);
        }
    }

    /// <summary>No more output comes: closes when all is sent.</summary>
    public void EndOutput()
    {
        _outputEnded = true;
        if (!HasPendingOutput)
        {
            Close();
        }
    }

    protected override void OnClosed()
    {
        _pending.Clear();
        EndInput();
        output.Detach(this);
    }

    private void Flush()
    {
        int sent = TrySend(_pending.Content);
        if (sent > 0)
        {
            _pending.Remove(sent);
        }

        if (_outputEnded && !HasPendingOutput)
        {
            Close();
        }
    }

    /// <returns>Bytes sent; -1 where nobody is there any more.</returns>
    private int TrySend(ReadOnlySpan<byte> data)
    {
        int sent = UnixSockets.Send(Descriptor, data);
        if (sent >= 0 || sent == -Errno.EAGAIN)
        {
            return Math.Max(0, sent);
        }

        LosePeer();
        return -1;
    }

    private void ReadInput()
    {
        Span<byte> buffer = PumpBuffer.Whole;
        int count = DescriptorCalls.Read(Descriptor, buffer);
        if (count > 0)
        {
            input.Write(buffer[..count]);
        }
        else if (count != -Errno.EAGAIN)
        {
            EndInput();
            if (_peerGone)
            {
                Close();
            }
        }
    }

    private void EndInput()
    {
        if (_inputEnded)
        {
            return;
        }

        _inputEnded = true;
        if (request.CloseStdin)
        {
            input.Close();
        }
    }

    // Nobody reads; but what was sent before may still be unread here.
    private void LosePeer()
    {
        _peerGone = true;
        _pending.Clear();
        if (_inputEnded)
        {
            Close();
        }
    }
}
