using System.IO.Pipelines;
using System.Text;
using Berth.Engine.Containers;
using Berth.Runtime;

namespace Berth.Engine.Tests.Containers;

public sealed class StreamPumpTests : IAsyncDisposable
{
    private readonly FakeAttachment _process = new();
    private readonly FakeConnection _client = new();

    [Fact]
    public async Task Output_reaches_the_client_whole_before_the_pump_ends()
    {
        byte[] content = new byte[300_000];
        Random.Shared.NextBytes(content);
        Task<byte[]> received = _client.ReadAllAsync();
        Task<PumpEnd> pump = RunAsync();
        await _process.PrintAsync(content);
        _process.Exit();

        Assert.Equal(PumpEnd.OutputEnded, await pump);
        await _client.CloseAsync();
        Assert.Equal(content, await received);
    }

    [Fact]
    public async Task The_end_of_input_ends_the_process_s_input_alone()
    {
        Task<PumpEnd> pump = RunAsync(stdin: true, closeStdin: true);
        await _client.TypeAsync("hello");
        await _client.EndInputAsync();
        Assert.Equal("hello", await _process.ReadInputToEndAsync());
        Assert.False(pump.IsCompleted);

        _process.Exit();

        Assert.Equal(PumpEnd.OutputEnded, await pump);
    }

    [Fact]
    public async Task The_end_of_an_input_that_stays_open_lets_go_of_the_container()
    {
        Task<PumpEnd> pump = RunAsync(stdin: true, closeStdin: false);

        await _client.EndInputAsync();

        Assert.Equal(PumpEnd.Detached, await pump);
        Assert.False(_process.InputIsComplete);
    }

    [Fact]
    public async Task The_detach_keys_let_go_and_do_not_reach_the_process()
    {
        Task<PumpEnd> pump = RunAsync(stdin: true, keys: DetachKeys.Parse("ctrl-x,x"));

        await _client.TypeAsync("ls\u0018x and more");

        Assert.Equal(PumpEnd.Detached, await pump);
        Assert.Equal("ls", _process.InputSoFar());
    }

    [Fact]
    public async Task Input_without_being_asked_for_is_not_read()
    {
        Task<PumpEnd> pump = RunAsync(stdin: false);
        await _client.TypeAsync("ignored");
        await _client.EndInputAsync();
        await _process.PrintAsync("out"u8.ToArray());
        Assert.False(pump.IsCompleted);

        _process.Exit();

        Assert.Equal(PumpEnd.OutputEnded, await pump);
        Assert.Equal("", _process.InputSoFar());
    }

    [Fact]
    public async Task A_client_that_vanished_lets_go()
    {
        Task<PumpEnd> pump = RunAsync(stdin: true, closeStdin: true);
        await _client.VanishAsync();

        await _process.PrintAsync("anybody there?"u8.ToArray());

        Assert.Equal(PumpEnd.Detached, await pump);
    }

    [Fact]
    public async Task A_process_that_reads_no_more_can_still_be_heard()
    {
        Task<byte[]> received = _client.ReadAllAsync();
        Task<PumpEnd> pump = RunAsync(stdin: true, closeStdin: true);
        _process.StopReading();
        await _client.TypeAsync("into the void");
        await _process.PrintAsync("bye"u8.ToArray());
        _process.Exit();

        Assert.Equal(PumpEnd.OutputEnded, await pump);
        await _client.CloseAsync();
        Assert.Equal("bye", Encoding.UTF8.GetString(await received));
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private Task<PumpEnd> RunAsync(bool stdin = false, bool closeStdin = false, DetachKeys? keys = null) =>
        new StreamPump(_process, _client) { Stdin = stdin, CloseStdin = closeStdin, Keys = keys }.RunAsync(CancellationToken.None);

    /// <summary>A process by its streams: what is printed comes out of the one pipe, what is typed goes into the other.</summary>
    private sealed class FakeAttachment : IAttachment
    {
        private readonly Pipe _output = new();
        private readonly MemoryStream _input = new();
        private readonly TaskCompletionSource _inputEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private bool _deaf;

        public FakeAttachment() => Stream = new Duplex(this);

        public Stream Stream { get; }

        public bool InputIsComplete => _inputEnded.Task.IsCompleted;

        public async Task PrintAsync(byte[] content) => await _output.Writer.WriteAsync(content);

        public void Exit() => _output.Writer.Complete();

        public void StopReading() => _deaf = true;

        public string InputSoFar()
        {
            lock (_input)
            {
                return Encoding.UTF8.GetString(_input.ToArray());
            }
        }

        public async Task<string> ReadInputToEndAsync()
        {
            await _inputEnded.Task;
            return InputSoFar();
        }

        public void CompleteInput() => _inputEnded.TrySetResult();

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        private sealed class Duplex(FakeAttachment owner) : Stream
        {
            private readonly Stream _reader = owner._output.Reader.AsStream();

            public override bool CanRead => true;
            public override bool CanSeek => false;
            public override bool CanWrite => true;
            public override long Length => throw new NotSupportedException();
            public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

            public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => _reader.ReadAsync(buffer, cancellationToken);

            public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
            {
                if (owner._deaf)
                {
                    throw new IOException("Broken pipe");
                }

                lock (owner._input)
                {
                    owner._input.Write(buffer.Span);
                }

                return ValueTask.CompletedTask;
            }

            public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
            public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
            public override void Flush() => throw new NotSupportedException();
            public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
            public override void SetLength(long value) => throw new NotSupportedException();
        }
    }

    private sealed class FakeConnection : IDuplexPipe
    {
        private readonly Pipe _toServer = new();
        private readonly Pipe _toClient = new();

        public PipeReader Input => _toServer.Reader;
        public PipeWriter Output => _toClient.Writer;

        public async Task TypeAsync(string text) => await _toServer.Writer.WriteAsync(Encoding.UTF8.GetBytes(text));

        public async Task EndInputAsync() => await _toServer.Writer.CompleteAsync();

        public async Task VanishAsync()
        {
            await _toServer.Writer.CompleteAsync();
            await _toClient.Reader.CompleteAsync();
        }

        public async Task CloseAsync() => await _toClient.Writer.CompleteAsync();

        public async Task<byte[]> ReadAllAsync()
        {
            using var all = new MemoryStream();
            await _toClient.Reader.CopyToAsync(all);
            return all.ToArray();
        }
    }
}
