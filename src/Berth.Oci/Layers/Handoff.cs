namespace Berth.Oci.Layers;

/// <summary>Bytes from one thread to another through a few buffers, so that each works while the other does.</summary>
/// <remarks>
/// One writer, one reader. A full handoff makes the writer wait: that is how a slow disk slows the network down.
/// Who waits sleeps at once, by <see cref="Monitor"/>: a semaphore of the BCL spins first, and on few cores the other side needs that time.
/// </remarks>
public sealed class Handoff
{
    private readonly object _gate = new();
    private readonly byte[][] _buffers;
    private readonly int[] _lengths;
    private int _writeIndex;
    private int _free;
    private int _filled;
    private bool _completed;
    private bool _readerGone;
    private Exception? _writerFailure;
    private TaskCompletionSource? _freed;

    public Handoff(int buffers = 8, int bufferSize = 256 * 1024)
    {
        _buffers = new byte[buffers][];
        for (int i = 0; i < buffers; i++)
        {
            _buffers[i] = GC.AllocateUninitializedArray<byte>(bufferSize);
        }

        _lengths = new int[buffers];
        _free = buffers;
        BufferSize = bufferSize;
        Reader = new ReaderStream(this);
    }

    /// <summary>Bytes.</summary>
    public int BufferSize { get; }

    /// <summary>The reading end; blocks its thread.</summary>
    public Stream Reader { get; }

    /// <summary>A buffer to fill, then <see cref="Publish"/>. Blocks while all are full.</summary>
    /// <exception cref="ReaderGoneException">Nobody will read it.</exception>
    public Span<byte> Rent(CancellationToken ct)
    {
        if (!IsFree())
        {
            using CancellationTokenRegistration wake = ct.UnsafeRegister(static handoff => ((Handoff)handoff!).Wake(), this);
            WaitUntilFree(ct);
        }

        return Current;
    }

    /// <summary>Hands over the first <paramref name="length"/> bytes of the rented buffer.</summary>
    public void Publish(int length)
    {
        _lengths[_writeIndex] = length;
        _writeIndex = (_writeIndex + 1) % _buffers.Length;
        lock (_gate)
        {
            _free--;
            _filled++;
            Monitor.Pulse(_gate);
        }
    }

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> content, CancellationToken ct)
    {
        while (content.Length > 0)
        {
            while (!IsFree())
            {
                await FreedAsync().WaitAsync(ct).ConfigureAwait(false);
            }

            int count = Copy(content.Span);
            content = content[count..];
            Publish(count);
        }
    }

    public void Write(ReadOnlySpan<byte> content, CancellationToken ct)
    {
        while (content.Length > 0)
        {
            _ = Rent(ct);
            int count = Copy(content);
            content = content[count..];
            Publish(count);
        }
    }

    /// <summary>The writer is done; with a failure, the reader gets it instead of an end.</summary>
    public void Complete(Exception? failure)
    {
        lock (_gate)
        {
            (_completed, _writerFailure) = (true, failure);
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>The reader is done, early or not: the writer is not kept waiting.</summary>
    public void Abandon()
    {
        lock (_gate)
        {
            _readerGone = true;
            TellWriter();
        }
    }

    private Span<byte> Current => Volatile.Read(ref _readerGone) ? throw new ReaderGoneException() : _buffers[_writeIndex];

    private int Copy(ReadOnlySpan<byte> content)
    {
        Span<byte> buffer = Current;
        int count = Math.Min(buffer.Length, content.Length);
        content[..count].CopyTo(buffer);
        return count;
    }

    private bool IsFree()
    {
        lock (_gate)
        {
            return _free > 0 || _readerGone;
        }
    }

    private void WaitUntilFree(CancellationToken ct)
    {
        lock (_gate)
        {
            while (_free == 0 && !_readerGone)
            {
                ct.ThrowIfCancellationRequested();
                Monitor.Wait(_gate);
            }
        }
    }

    private Task FreedAsync()
    {
        lock (_gate)
        {
            if (_free > 0 || _readerGone)
            {
                return Task.CompletedTask;
            }

            _freed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _freed.Task;
        }
    }

    private void Wake()
    {
        lock (_gate)
        {
            Monitor.Pulse(_gate);
        }
    }

    private void Release()
    {
        lock (_gate)
        {
            _filled--;
            _free++;
            TellWriter();
        }
    }

    /// <summary>Under the lock: the writer may sleep or await.</summary>
    private void TellWriter()
    {
        Monitor.Pulse(_gate);
        _freed?.TrySetResult();
        _freed = null;
    }

    /// <returns>False at the end.</returns>
    private bool WaitUntilFilled()
    {
        lock (_gate)
        {
            while (_filled == 0 && !_completed)
            {
                Monitor.Wait(_gate);
            }

            return _filled > 0 || (_writerFailure is { } failure ? throw new IOException(failure.Message, failure) : false);
        }
    }

    /// <summary>The reading thread ended first: its own failure is the one to report.</summary>
    public sealed class ReaderGoneException() : IOException("the reader is gone");

    private sealed class ReaderStream(Handoff owner) : ForwardReadStream
    {
        private int _index = -1;
        private int _position;
        private bool _holding;
        private bool _ended;

        public override int Read(Span<byte> buffer)
        {
            if (_ended || buffer.Length == 0 || (!_holding && !TakeNext()))
            {
                return 0;
            }

            int count = Math.Min(buffer.Length, owner._lengths[_index] - _position);
            owner._buffers[_index].AsSpan(_position, count).CopyTo(buffer);
            _position += count;
            if (_position == owner._lengths[_index])
            {
                _holding = false;
                owner.Release();
            }

            return count;
        }

        private bool TakeNext()
        {
            // set first: a failure is told once, and is the end
            _ended = true;
            if (!owner.WaitUntilFilled())
            {
                return false;
            }

            _ended = false;
            _index = (_index + 1) % owner._buffers.Length;
            _position = 0;
            _holding = true;
            return true;
        }
    }
}
