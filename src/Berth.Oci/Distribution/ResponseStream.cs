namespace Berth.Oci.Distribution;

/// <summary>A response's body: ends with an error after <c>limit</c> bytes or when nothing comes for the stall timeout. Owns the response.</summary>
internal sealed class ResponseStream(Stream inner, HttpResponseMessage response, TimeSpan stallTimeout, long limit) : Stream
{
    private CancellationTokenSource? _stall;
    private long _read;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => _read;
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_stall is null || !_stall.TryReset())
        {
            _stall?.Dispose();
            _stall = new CancellationTokenSource();
        }

        _stall.CancelAfter(stallTimeout);
        // The caller's token reaches the same source, so that a read costs no linked one.
        using CancellationTokenRegistration registration = cancellationToken.UnsafeRegister(static stall => ((CancellationTokenSource)stall!).Cancel(), _stall);
        int count;
        try
        {
            count = await inner.ReadAsync(buffer, _stall.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new TimeoutException($"{response.RequestMessage?.RequestUri?.Authority} sent nothing for {stallTimeout.TotalSeconds:0} s", e);
        }

        _read += count;
        return _read <= limit ? count
            : throw new RegistryException($"{response.RequestMessage?.RequestUri?.Authority}: answer of more than {limit} bytes");
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count)
    {
        _read += count = inner.Read(buffer, offset, count);
        return _read <= limit ? count
            : throw new RegistryException($"{response.RequestMessage?.RequestUri?.Authority}: answer of more than {limit} bytes");
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
            response.Dispose();
            _stall?.Dispose();
        }

        base.Dispose(disposing);
    }
}
