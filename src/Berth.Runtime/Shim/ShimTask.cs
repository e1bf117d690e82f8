using System.Collections.Concurrent;
using System.Net.Sockets;
using Berth.Linux.Cgroups;

namespace Berth.Runtime.Shim;

/// <summary>A container whose shim is connected.</summary>
internal sealed class ShimTask : IContainerTask
{
    private readonly Bundle _bundle;
    private readonly ShimLauncher? _launcher;
    private readonly ShimClient _client;
    private readonly CgroupMoves _moves;
    private readonly TaskCompletionSource<TaskExit> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentDictionary<string, ShimExecTask> _execs = new();
    private int _pid;
    private bool _started;
    private bool _disposed;

    /// <param name="launcher">Null where an earlier daemon started the shim: it is no child of this one.</param>
    public ShimTask(Bundle bundle, ShimClient client, ShimLauncher? launcher, int shimPid, CgroupMoves moves)
    {
        _bundle = bundle;
        _launcher = launcher;
        _client = client;
        _moves = moves;
        client.Exited = OnExited;
        client.Start();
        _ = WatchAsync(shimPid);
    }

    public int Pid => Volatile.Read(ref _pid);

    public Task<TaskExit> Exited => _exited.Task;

    public Task Released => _released.Task;

    /// <exception cref="ShimClosedException">The shim ended before it answered.</exception>
    public static async Task<IContainerTask> ReconnectAsync(Bundle bundle, ShimClient client, CgroupMoves moves, CancellationToken ct)
    {
        var task = new ShimTask(bundle, client, launcher: null, shimPid: 0, moves);
        try
        {
            ShimState state = ShimState.Read(await client.RequestAsync(ShimMessage.Connect, new(), ct).ConfigureAwait(false));
            Volatile.Write(ref task._pid, state.Pid);
            task._started = true;
            for (int i = 0; i < state.ExecIds.Count; i++)
            {
                task._execs.TryAdd(state.ExecIds[i], new ShimExecTask(task, state.ExecIds[i], state.ExecPids[i]));
            }

            return task;
        }
        catch
        {
            await task.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public async Task StartAsync(CancellationToken ct)
    {
        _started = true;
        // Again: what was gained while it was prepared has worn off where a network took its time.
        _moves.BeginHasten();
        try
        {
            // Past the point of no return: a start that is given up half-way would leave a container that nobody knows.
            byte[] answer = await _client.RequestAsync(ShimMessage.Start, new ShimFrameWriter().Write(""), CancellationToken.None).ConfigureAwait(false);
            Volatile.Write(ref _pid, new ShimFrameReader(answer).ReadInt32());
        }
        catch (ShimFailureException exception)
        {
            await Released.ConfigureAwait(false);
            throw RuntimeFailure.OfCreate(exception.Failure, () => RuntimeFailure.CommandOfConfig(_bundle.ConfigPath));
        }
        catch (ShimClosedException exception)
        {
            await Released.ConfigureAwait(false);
            throw new RuntimeFailureException("failed to create shim task: ttrpc: closed: unknown", inner: exception);
        }
        finally
        {
            _launcher?.FillReserveLater();
        }
    }

    public Task<IAttachment> AttachAsync(AttachRequest request, CancellationToken ct) => AttachAsync("", request, ct);

    public Task SignalAsync(int signal, CancellationToken ct) => SignalAsync("", signal, ct);

    public Task ResizeAsync(int rows, int columns, CancellationToken ct) => ResizeAsync("", rows, columns, ct);

    public Task PauseAsync(CancellationToken ct) => AskAsync(ShimMessage.Pause, new(), ct);

    public Task ResumeAsync(CancellationToken ct) => AskAsync(ShimMessage.Resume, new(), ct);

    public async Task UpdateAsync(ReadOnlyMemory<byte> resourcesJson, CancellationToken ct)
    {
        string name = $"resources.{Guid.NewGuid():N}.json";
        string path = Path.Combine(_bundle.Directory, name);
        await File.WriteAllBytesAsync(path, resourcesJson, ct).ConfigureAwait(false);
        try
        {
            await AskAsync(ShimMessage.Update, new ShimFrameWriter().Write(name), ct).ConfigureAwait(false);
        }
        finally
        {
            File.Delete(path);
        }
    }

    public async Task<IExecTask> PrepareExecAsync(ExecRequest request, CancellationToken ct)
    {
        // It becomes a file's name.
        if (request.ExecId.Length == 0 || !request.ExecId.All(char.IsAsciiLetterOrDigit))
        {
            throw new ArgumentException($"exec id {request.ExecId}", nameof(request));
        }

        _moves.BeginHasten();
        string path = Path.Combine(_bundle.Directory, Bundle.ExecProcessName(request.ExecId));
        await File.WriteAllBytesAsync(path, request.ProcessJson, ct).ConfigureAwait(false);
        var exec = new ShimExecTask(this, request.ExecId, pid: 0, request.ProcessJson);
        _execs[request.ExecId] = exec;
        try
        {
            var message = new ShimExec(request.ExecId, request.Terminal, request.OpenStdin, request.ConsoleSize.Rows, request.ConsoleSize.Columns);
            await AskAsync(ShimMessage.PrepareExec, message.Write(), ct).ConfigureAwait(false);
            return exec;
        }
        catch
        {
            _execs.TryRemove(request.ExecId, out _);
            File.Delete(path);
            throw;
        }
    }

    public IExecTask? FindExec(string execId) => _execs.GetValueOrDefault(execId);

    public async ValueTask DisposeAsync()
    {
        _disposed = true;
        await _client.DisposeAsync().ConfigureAwait(false);
    }

    internal async Task<int> StartExecAsync(string execId, ReadOnlyMemory<byte> processJson)
    {
        try
        {
            // As with a container: once asked for, it is seen through.
            byte[] answer = await _client.RequestAsync(ShimMessage.Start, new ShimFrameWriter().Write(execId), CancellationToken.None).ConfigureAwait(false);
            return new ShimFrameReader(answer).ReadInt32();
        }
        catch (ShimFailureException exception)
        {
            _execs.TryRemove(execId, out _);
            throw RuntimeFailure.OfExec(exception.Failure, () => RuntimeFailure.CommandOfProcess(processJson.Span));
        }
        catch (ShimClosedException exception)
        {
            throw new RuntimeFailureException("container not running", inner: exception);
        }
    }

    internal async Task<IAttachment> AttachAsync(string processId, AttachRequest request, CancellationToken ct)
    {
        Socket? socket = null;
        try
        {
            socket = await ShimAddress.ConnectAsync(_bundle, ct).ConfigureAwait(false);
            var message = new ShimAttach(processId, request.Stdin, request.Stdout, request.Stderr, request.CloseStdin);
            await socket.SendAsync(message.Write().Complete(ShimMessage.Attach, 1), SocketFlags.None, ct).ConfigureAwait(false);
            await ReadAnswerAsync(socket, ct).ConfigureAwait(false);
            return new ShimAttachment(socket);
        }
        catch (Exception exception)
        {
            socket?.Dispose();
            throw exception switch
            {
                SocketException or ShimClosedException or Berth.Linux.LinuxException or ShimFailureException =>
                    new RuntimeFailureException("process already finished", inner: exception),
                _ => exception,
            };
        }
    }

    internal Task SignalAsync(string processId, int signal, CancellationToken ct) =>
        AskAsync(ShimMessage.Signal, new ShimFrameWriter().Write(processId).Write(signal), ct);

    internal Task ResizeAsync(string processId, int rows, int columns, CancellationToken ct) =>
        AskAsync(ShimMessage.Resize, new ShimFrameWriter().Write(processId).Write(rows).Write(columns), ct);

    private static async Task ReadAnswerAsync(Socket socket, CancellationToken ct)
    {
        byte[] header = await ReadAsync(socket, ShimFrame.HeaderLength, ct).ConfigureAwait(false);
        ShimFrame frame = ShimFrame.Read(header);
        byte[] payload = await ReadAsync(socket, frame.Length, ct).ConfigureAwait(false);
        if (frame.Kind != ShimMessage.Done)
        {
            throw new ShimFailureException(ShimFailure.Read(payload));
        }
    }

    // Exactly so much: what follows is output.
    private static async Task<byte[]> ReadAsync(Socket socket, int length, CancellationToken ct)
    {
        var buffer = new byte[length];
        for (int filled = 0; filled < length;)
        {
            int count = await socket.ReceiveAsync(buffer.AsMemory(filled), SocketFlags.None, ct).ConfigureAwait(false);
            filled += count > 0 ? count : throw new ShimClosedException();
        }

        return buffer;
    }

    private async Task AskAsync(ShimMessage kind, ShimFrameWriter payload, CancellationToken ct)
    {
        try
        {
            await _client.RequestAsync(kind, payload, ct).ConfigureAwait(false);
        }
        catch (ShimFailureException exception)
        {
            throw RuntimeFailure.OfRequest(exception.Failure);
        }
        catch (ShimClosedException exception)
        {
            throw new RuntimeFailureException("process already finished", inner: exception);
        }
    }

    private void OnExited(ShimExit exit)
    {
        if (exit.ProcessId.Length == 0)
        {
            _exited.TrySetResult(exit.ToTaskExit());
        }
        else if (_execs.TryRemove(exit.ProcessId, out ShimExecTask? exec))
        {
            exec.Complete(exit.ToTaskExit());
        }
    }

    // Runs until the connection ends. A shim that was let go of by DisposeAsync lives on; one that ended without a word was killed.
    private async Task WatchAsync(int shimPid)
    {
        await _client.Closed.ConfigureAwait(false);
        if (_disposed)
        {
            Reap(shimPid);
            return;
        }

        if (_started && !_exited.Task.IsCompleted)
        {
            // Waits for processes to die: not on a thread that serves requests.
            TaskExit? exit = await Task.Factory.StartNew(
                () => LostContainer.CleanUp(_bundle), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).ConfigureAwait(false);
            if (exit is not null)
            {
                _exited.TrySetResult(exit);
            }
        }

        Reap(shimPid);
        TaskExit last = _exited.Task.IsCompletedSuccessfully ? await _exited.Task.ConfigureAwait(false) : new(137, TimeProvider.System.GetUtcNow(), false);
        foreach (ShimExecTask exec in _execs.Values)
        {
            exec.Complete(new TaskExit(137, last.At, OutOfMemory: false));
        }

        _released.TrySetResult();
    }

    private void Reap(int shimPid)
    {
        if (_launcher is not null)
        {
            ShimReaper.Expect(shimPid);
        }
    }
}
