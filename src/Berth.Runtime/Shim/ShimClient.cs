using System.Collections.Concurrent;
using System.Net.Sockets;

namespace Berth.Runtime.Shim;

/// <summary>The daemon's end of a control connection: requests with their answers, and events as they come.</summary>
internal sealed class ShimClient : IAsyncDisposable
{
    private readonly Socket _socket;
    private readonly ConcurrentDictionary<uint, TaskCompletionSource<(ShimMessage Kind, byte[] Payload)>> _waiting = new();
    private readonly SemaphoreSlim _sending = new(1, 1);
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private uint _lastRequest;
    private bool _isClosed;
    private Task? _receiving;

    public ShimClient(Socket socket) => _socket = socket;

    /// <summary>Called in the order of the events, before anything that came later is answered.</summary>
    public Action<ShimExit>? Exited { get; set; }

    /// <summary>Completes when the connection has ended, from either side; never fails.</summary>
    public Task Closed => _closed.Task;

    public void Start() => _receiving = ReceiveAsync();

    /// <summary>Asks and waits for the answer.</summary>
    /// <exception cref="ShimFailureException">The shim refused.</exception>
    /// <exception cref="ShimClosedException">The connection ended first.</exception>
    public async Task<byte[]> RequestAsync(ShimMessage kind, ShimFrameWriter payload, CancellationToken ct)
    {
        uint id = Interlocked.Increment(ref _lastRequest);
        var answer = new TaskCompletionSource<(ShimMessage Kind, byte[] Payload)>(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting[id] = answer;
        try
        {
            if (Volatile.Read(ref _isClosed))
            {
                throw new ShimClosedException();
            }

            await SendAsync(payload.Complete(kind, id), ct).ConfigureAwait(false);
            (ShimMessage answered, byte[] content) = await answer.Task.WaitAsync(ct).ConfigureAwait(false);
            return answered == ShimMessage.Failed ? throw new ShimFailureException(ShimFailure.Read(content)) : content;
        }
        finally
        {
            _waiting.TryRemove(id, out _);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _socket.Dispose();
        if (_receiving is not null)
        {
            await _receiving.ConfigureAwait(false);
        }

        _sending.Dispose();
    }

    private async Task SendAsync(ReadOnlyMemory<byte> message, CancellationToken ct)
    {
        await _sending.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            // Not cancelled half-way: the stream would be out of step for everybody.
            while (!message.IsEmpty)
            {
                message = message[await _socket.SendAsync(message, SocketFlags.None, CancellationToken.None).ConfigureAwait(false)..];
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            throw new ShimClosedException();
        }
        finally
        {
            _sending.Release();
        }
    }

    private async Task ReceiveAsync()
    {
        var header = new byte[ShimFrame.HeaderLength];
        try
        {
            while (await ReadFullyAsync(header).ConfigureAwait(false))
            {
                ShimFrame frame = ShimFrame.Read(header);
                var payload = new byte[frame.Length];
                if (!await ReadFullyAsync(payload).ConfigureAwait(false))
                {
                    break;
                }

                Dispatch(frame, payload);
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException or InvalidDataException)
        {
            // Gone, or no shim: to whoever waits that is the same.
        }

        Volatile.Write(ref _isClosed, true);
        foreach (TaskCompletionSource<(ShimMessage, byte[])> answer in _waiting.Values)
        {
            answer.TrySetException(new ShimClosedException());
        }

        _socket.Dispose();
        _closed.SetResult();
    }

    private void Dispatch(ShimFrame frame, byte[] payload)
    {
        if (frame.Kind == ShimMessage.Exited)
        {
            Exited?.Invoke(ShimExit.Read(payload));
        }
        else if (_waiting.TryGetValue(frame.RequestId, out TaskCompletionSource<(ShimMessage, byte[])>? answer))
        {
            answer.TrySetResult((frame.Kind, payload));
        }
    }

    private async Task<bool> ReadFullyAsync(Memory<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            int count = await _socket.ReceiveAsync(buffer, SocketFlags.None, CancellationToken.None).ConfigureAwait(false);
            if (count == 0)
            {
                return false;
            }

            buffer = buffer[count..];
        }

        return true;
    }
}

/// <summary>The shim answered no.</summary>
internal sealed class ShimFailureException(ShimFailure failure) : Exception(failure.Text)
{
    public ShimFailure Failure { get; } = failure;
}

/// <summary>The shim is gone, or was never there.</summary>
internal sealed class ShimClosedException() : Exception("the shim is gone");
