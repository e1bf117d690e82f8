using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Text;
using Berth.Runtime;

namespace Berth.TestHost.Fakes;

/// <summary>A process that only pretends.</summary>
public abstract class FakeProcess(bool terminal)
{
    private readonly Lock _lock = new();
    private readonly List<FakeAttachment> _attachments = [];
    private readonly List<int> _signals = [];
    private readonly StringBuilder _input = new();
    private readonly TaskCompletionSource<TaskExit> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _inputEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public int Pid { get; private set; }

    public Task<TaskExit> Exited => _exited.Task;

    /// <summary>Signals that are taken without ending the process; SIGKILL always ends it.</summary>
    public HashSet<int> IgnoredSignals { get; } = [];

    public (int Rows, int Columns) Size { get; private set; }

    public IReadOnlyList<int> Signals
    {
        get
        {
            lock (_lock)
            {
                return [.. _signals];
            }
        }
    }

    /// <summary>What attachments have sent so far.</summary>
    public string Input
    {
        get
        {
            lock (_lock)
            {
                return _input.ToString();
            }
        }
    }

    /// <summary>Completes when an attachment that was to close the input has ended its own.</summary>
    public Task InputEnded => _inputEnded.Task;

    public void WriteStdout(string text) => Write(1, text);

    public void WriteStderr(string text) => Write(2, text);

    public void Exit(int code, bool outOfMemory = false)
    {
        lock (_lock)
        {
            if (Pid == 0 || _exited.Task.IsCompleted)
            {
                return;
            }

            EndAttachments();
            _exited.SetResult(new TaskExit(code, TimeProvider.System.GetUtcNow(), outOfMemory));
        }

        OnExited();
    }

    public Task<IAttachment> AttachAsync(AttachRequest request, CancellationToken ct)
    {
        lock (_lock)
        {
            var attachment = new FakeAttachment(request, TakeInput, EndInput);
            if (_exited.Task.IsCompleted)
            {
                attachment.EndOutput();
            }
            else
            {
                _attachments.Add(attachment);
            }

            return Task.FromResult<IAttachment>(attachment);
        }
    }

    public Task ResizeAsync(int rows, int columns, CancellationToken ct)
    {
        Size = (rows, columns);
        return Task.CompletedTask;
    }

    public Task SignalAsync(int signal, CancellationToken ct)
    {
        const int kill = 9;
        if (Pid == 0 || _exited.Task.IsCompleted)
        {
            throw new RuntimeFailureException("process already finished");
        }

        lock (_lock)
        {
            _signals.Add(signal);
        }

        if (signal == kill || (signal is 1 or 2 or 3 or 15 && !IgnoredSignals.Contains(signal)))
        {
            Exit(128 + signal);
        }

        return Task.CompletedTask;
    }

    protected void Begin() => Pid = FakeRuntime.NextPid();

    /// <summary>The process never came to be.</summary>
    protected void EndAttachments()
    {
        foreach (FakeAttachment attachment in _attachments)
        {
            attachment.EndOutput();
        }

        _attachments.Clear();
    }

    protected abstract void OnExited();

    private void Write(byte stream, string text)
    {
        byte[] payload = Encoding.UTF8.GetBytes(text);
        var piece = new byte[(terminal ? 0 : 8) + payload.Length];
        if (!terminal)
        {
            piece[0] = stream;
            BinaryPrimitives.WriteInt32BigEndian(piece.AsSpan(4), payload.Length);
        }

        payload.CopyTo(piece, piece.Length - payload.Length);
        lock (_lock)
        {
            foreach (FakeAttachment attachment in _attachments)
            {
                attachment.SendOutput(stream, piece);
            }
        }
    }

    private void TakeInput(ReadOnlySpan<byte> data)
    {
        lock (_lock)
        {
            _input.Append(Encoding.UTF8.GetString(data));
        }
    }

    private void EndInput() => _inputEnded.TrySetResult();

    private sealed class FakeAttachment(AttachRequest request, FakeAttachment.InputTaker takeInput, Action endInput) : IAttachment
    {
        // Without a limit: nobody waits for a reader here.
        private readonly Pipe _output = new(new PipeOptions(pauseWriterThreshold: 0, useSynchronizationContext: false));
        private Duplex? _stream;

        public delegate void InputTaker(ReadOnlySpan<byte> data);

        public Stream Stream => _stream ??= new Duplex(_output.Reader.AsStream(), request.Stdin ? takeInput : static _ => { });

        public void SendOutput(byte stream, byte[] piece)
        {
            if (stream == 1 ? request.Stdout : request.Stderr)
            {
                _output.Writer.AsStream(leaveOpen: true).Write(piece);
            }
        }

        public void EndOutput() => _output.Writer.Complete();

        public void CompleteInput()
        {
            if (request is { Stdin: true, CloseStdin: true })
            {
                endInput();
            }
        }

        public ValueTask DisposeAsync()
        {
            _output.Reader.Complete();
            CompleteInput();
            return ValueTask.CompletedTask;
        }
    }

    private sealed class Duplex(Stream output, FakeAttachment.InputTaker input) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count) => output.Read(buffer, offset, count);

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            output.ReadAsync(buffer, cancellationToken);

        public override void Write(byte[] buffer, int offset, int count) => input(buffer.AsSpan(offset, count));

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            input(buffer.Span);
            return ValueTask.CompletedTask;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
