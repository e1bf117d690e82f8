using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;

namespace Berth.Daemon.Http;

/// <summary>Lets a request take over its connection.</summary>
internal interface IHijackFeature
{
    /// <summary>From here on a client's half-close is data, not the end of the request. Undone by <see cref="Release"/>.</summary>
    void Hold();

    void Release();

    /// <summary>The connection behind the request's body. Kestrel neither reads nor writes it any more.</summary>
    IDuplexPipe Hijack();

    /// <summary>Fires when the connection is gone in both directions.</summary>
    CancellationToken Closed { get; }
}

/// <summary>A transport that can be switched away from under Kestrel.</summary>
/// <remarks>
/// Kestrel offers no upgrade for a request with a body, and ends a connection whose client half-closes; Docker's <c>exec start</c> needs both.
/// So Kestrel is given a pipe that passes everything through until a handler hijacks it: then Kestrel reads the end of input, which ends its loop
/// politely, and what it still writes is swallowed. docs/adr/0005-hijack.md has the reasons.
/// </remarks>
internal sealed class HijackTransport : IDuplexPipe, IHijackFeature, IDisposable
{
    private readonly IDuplexPipe _inner;
    private readonly SwitchableReader _reader;
    private readonly SwitchableWriter _writer;
    private readonly CancellationTokenSource _closedForKestrel = new();
    private readonly CancellationTokenRegistration _registration;
    private readonly Lock _lock = new();
    private bool _held;
    private bool _hijacked;

    private HijackTransport(ConnectionContext connection)
    {
        _inner = connection.Transport;
        _reader = new SwitchableReader(_inner.Input);
        _writer = new SwitchableWriter(_inner.Output);
        Closed = connection.ConnectionClosed;
        _registration = Closed.UnsafeRegister(static self => ((HijackTransport)self!).OnClosed(), this);
    }

    public PipeReader Input => _reader;

    public PipeWriter Output => _writer;

    public CancellationToken Closed { get; }

    /// <summary>The connection middleware: after TLS, before HTTP.</summary>
    public static ConnectionDelegate Middleware(ConnectionDelegate next) => async connection =>
    {
        IDuplexPipe inner = connection.Transport;
        CancellationToken closed = connection.ConnectionClosed;
        using var transport = new HijackTransport(connection);
        connection.Transport = transport;
        connection.ConnectionClosed = transport._closedForKestrel.Token;
        connection.Features.Set<IHijackFeature>(transport);
        try
        {
            await next(connection).ConfigureAwait(false);
        }
        finally
        {
            connection.Transport = inner;
            connection.ConnectionClosed = closed;
        }
    };

    public void Hold()
    {
        lock (_lock)
        {
            _held = true;
        }
    }

    public void Release()
    {
        lock (_lock)
        {
            _held = false;
        }

        if (Closed.IsCancellationRequested)
        {
            OnClosed();
        }
    }

    public IDuplexPipe Hijack()
    {
        lock (_lock)
        {
            _hijacked = true;
        }

        _reader.Off();
        _writer.Off();
        return _inner;
    }

    public void Dispose()
    {
        _registration.Dispose();
        _closedForKestrel.Dispose();
    }

    private void OnClosed()
    {
        lock (_lock)
        {
            if (_held || _hijacked)
            {
                return;
            }
        }

        _closedForKestrel.Cancel();
    }

    private sealed class SwitchableReader(PipeReader inner) : PipeReader
    {
        private volatile bool _off;

        public void Off() => _off = true;

        public override bool TryRead(out ReadResult result)
        {
            if (!_off)
            {
                return inner.TryRead(out result);
            }

            result = End;
            return true;
        }

        public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) =>
            _off ? ValueTask.FromResult(End) : inner.ReadAsync(cancellationToken);

        public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
        {
            if (!_off)
            {
                inner.AdvanceTo(consumed, examined);
            }
        }

        public override void CancelPendingRead()
        {
            if (!_off)
            {
                inner.CancelPendingRead();
            }
        }

        public override void Complete(Exception? exception = null)
        {
            if (!_off)
            {
                inner.Complete(exception);
            }
        }

        private static ReadResult End => new(ReadOnlySequence<byte>.Empty, isCanceled: false, isCompleted: true);
    }

    private sealed class SwitchableWriter(PipeWriter inner) : PipeWriter
    {
        private volatile bool _off;
        private byte[] _swallowed = [];

        public void Off() => _off = true;

        public override bool CanGetUnflushedBytes => inner.CanGetUnflushedBytes;

        public override long UnflushedBytes => _off ? 0 : inner.UnflushedBytes;

        public override void Advance(int bytes)
        {
            if (!_off)
            {
                inner.Advance(bytes);
            }
        }

        public override Memory<byte> GetMemory(int sizeHint = 0) => _off ? Swallow(sizeHint) : inner.GetMemory(sizeHint);

        public override Span<byte> GetSpan(int sizeHint = 0) => _off ? Swallow(sizeHint).Span : inner.GetSpan(sizeHint);

        // A completed flush would make Kestrel abort the connection and lose data that is on its way.
        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) =>
            _off ? ValueTask.FromResult(new FlushResult(isCanceled: false, isCompleted: false)) : inner.FlushAsync(cancellationToken);

        public override void CancelPendingFlush()
        {
            if (!_off)
            {
                inner.CancelPendingFlush();
            }
        }

        public override void Complete(Exception? exception = null)
        {
            if (!_off)
            {
                inner.Complete(exception);
            }
        }

        private Memory<byte> Swallow(int sizeHint)
        {
            if (_swallowed.Length < Math.Max(sizeHint, 512))
            {
                _swallowed = new byte[Math.Max(sizeHint, 512)];
            }

            return _swallowed;
        }
    }
}
