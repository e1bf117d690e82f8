using Berth.Linux;
using Berth.Linux.Descriptors;

namespace Berth.Shim;

/// <summary>A process's input: what attachments send, in the order it comes. It stays open while nobody is attached.</summary>
internal sealed class InputRelay(EventLoop loop)
{
    private readonly NativeQueue _pending = new();
    private InputSink? _sink;
    private bool _closed;
    private bool _closing;

    /// <summary>Whether attachments may be read now. A closed input takes everything and drops it, so that their ends are seen.</summary>
    public bool IsReady => _closed || (_sink is not null && _pending.IsEmpty);

    /// <summary>Begins to pass input on; owns the descriptor from here on.</summary>
    public void Open(Descriptor descriptor)
    {
        if (_closed)
        {
            descriptor.Dispose();
            return;
        }

        DescriptorCalls.SetNonBlocking(descriptor);
        _sink = new InputSink(this, descriptor);
        loop.Add(_sink);
    }

    public void Write(ReadOnlySpan<byte> data)
    {
        if (_closed || _closing || _sink is null)
        {
            return;
        }

        int sent = _sink.Send(data);
        if (sent >= 0)
        {
            _pending.Append(data[sent..]);
        }
    }

    /// <summary>Ends the process's input once it has all that was sent before.</summary>
    public void Close()
    {
        _closing = true;
        if (_pending.IsEmpty)
        {
            CloseNow();
        }
    }

    /// <summary>The process is gone, or takes no input any more.</summary>
    public void CloseNow()
    {
        if (_closed)
        {
            return;
        }

        _closed = true;
        _pending.Clear();
        _sink?.Close();
    }

    private void OnWritable()
    {
        int sent = _sink!.Send(_pending.Content); // called by the sink
        if (sent > 0)
        {
            _pending.Remove(sent);
        }

        if (_closing && _pending.IsEmpty)
        {
            CloseNow();
        }
    }

    private sealed class InputSink(InputRelay relay, Descriptor descriptor) : Source(descriptor)
    {
        public override short Wanted => relay._pending.IsEmpty ? NotWatched : Poll.POLLOUT;

        public override void OnReady(short returned) => relay.OnWritable();

        /// <returns>Bytes taken; -1 where the process reads no more.</returns>
        public int Send(ReadOnlySpan<byte> data)
        {
            int count = DescriptorCalls.Write(Descriptor, data);
            if (count >= 0 || count == -Errno.EAGAIN)
            {
                return Math.Max(0, count);
            }

            relay.CloseNow();
            return -1;
        }
    }
}
