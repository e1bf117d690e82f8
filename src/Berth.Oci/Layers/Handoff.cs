namespace Berth.Oci.Layers;

/// <summary>Bytes from one thread to another through a few buffers, so that each works while the other does.</summary>
/// <remarks>One writer, one reader. A full handoff makes the writer wait: that is how a slow disk slows the network down.</remarks>
public sealed class Handoff : IDisposable
{
    private readonly byte[][] _buffers;
    private readonly int[] _lengths;
    private readonly SemaphoreSlim _free;
    private readonly SemaphoreSlim _filled = new(0);
    private int _writeIndex;
    private long _published;
    private Exception? _writerFailure;
    private volatile bool _readerGone;

    public Handoff(int buffers = 8, int bufferSize = 256 * 1024)
    {
        _buffers = new byte[buffers][];
        for (int i = 0; i < buffers; i++)
        {
            _buffers[i] = GC.AllocateUninitializedArray<byte>(bufferSize);
        }

        _lengths = new int[buffers];
        _free = new SemaphoreSlim(buffers);
        Reader = new ReaderStream(this);
    }

    /// <summary>The reading end; blocks its thread.</summary>
    public Stream Reader { get; }

    /// <summary>A buffer to fill, then <see cref="Publish"/>. Blocks while all are full.</summary>
    /// <exception cref="IOException">The reader is gone.</exception>
    public Span<byte> Rent(CancellationToken ct)
    {
        _free.Wait(ct);
        return Current;
    }

    /// <summary>Hands over the first <paramref name="length"/> bytes of the rented buffer.</summary>
    public void Publish(int length)
    {
        _lengths[_writeIndex] = length;
        _writeIndex = (_writeIndex + 1) % _buffers.Length;
        Volatile.Write(ref _published, _published + 1);
        _filled.Release();
    }

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> content, CancellationToken ct)
    {
        while (content.Length > 0)
        {
            await _free.WaitAsync(ct).ConfigureAwait(false);
            int count = Copy(content.Span);
            content = content[count..];
            Publish(count);
        }
    }

    public void Write(ReadOnlySpan<byte> content, CancellationToken ct)
    {
        while (content.Length > 0)
        {
            _free.Wait(ct);
            int count = Copy(content);
            content = content[count..];
            Publish(count);
        }
    }

    /// <summary>The writer is done; with a failure, the reader gets it instead of an end.</summary>
    public void Complete(Exception? failure)
    {
        _writerFailure = failure;
        _filled.Release();
    }

    /// <summary>The reader is done, early or not: the writer is not kept waiting.</summary>
    public void Abandon()
    {
        _readerGone = true;
        _free.Release();
    }

    public void Dispose()
    {
        _free.Dispose();
        _filled.Dispose();
    }

    private Span<byte> Current
    {
        get
        {
            if (_readerGone)
            {
                _free.Release();
                throw new ReaderGoneException();
            }

            return _buffers[_writeIndex];
        }
    }

    private int Copy(ReadOnlySpan<byte> content)
    {
        Span<byte> buffer = Current;
        int count = Math.Min(buffer.Length, content.Length);
        content[..count].CopyTo(buffer);
        return count;
    }

    /// <summary>The reading thread ended first: its own failure is the one to report.</summary>
    public sealed class ReaderGoneException() : IOException("the reader is gone");

    private sealed class ReaderStream(Handoff owner) : ForwardReadStream
    {
        private long _taken;
        private int _position;
        private bool _holding;
        private bool _ended;

        public override int Read(Span<byte> buffer)
        {
            if (_ended || buffer.Length == 0 || (!_holding && !TakeNext()))
            {
                return 0;
            }

            int index = (int)((_taken - 1) % owner._buffers.Length);
            int count = Math.Min(buffer.Length, owner._lengths[index] - _position);
            owner._buffers[index].AsSpan(_position, count).CopyTo(buffer);
            _position += count;
            if (_position == owner._lengths[index])
            {
                _holding = false;
                owner._free.Release();
            }

            return count;
        }

        /// <returns>False at the end: the last release of the semaphore belongs to no buffer.</returns>
        private bool TakeNext()
        {
            owner._filled.Wait();
            if (_taken == Volatile.Read(ref owner._published))
            {
                _ended = true;
                return owner._writerFailure is { } failure ? throw new IOException(failure.Message, failure) : false;
            }

            _taken++;
            _position = 0;
            _holding = true;
            return true;
        }
    }
}
