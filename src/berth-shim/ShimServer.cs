using System.Text;
using Berth.Linux;
using Berth.Linux.Descriptors;
using Berth.Linux.Processes;
using Berth.Linux.Sockets;
using Berth.Runtime;
using Berth.Runtime.Output;
using Berth.Runtime.Shim;

namespace Berth.Shim;

/// <summary>One container's shim: who is connected, what they ask, and the order in which a container comes to its end.</summary>
internal sealed class ShimServer : IDisposable
{
    /// <summary>
    /// A health check leaves some kilobytes, every few seconds, for months. The collector would let megabytes of them gather before it
    /// moves; a heap that is nearly empty is collected in no time.
    /// </summary>
    private const int ExecsPerCollection = 16;

    private readonly List<ControlConnection> _connections = [];
    private readonly List<ExecProcess> _execs = [];
    private Listener? _listener;
    private ShimSettings? _settings;
    private RuntimeCommand? _runtime;
    private ContainerProcess? _container;
    private JsonFileLog? _log;
    private int _endedExecs;
    private bool _started;
    private bool _released;

    /// <param name="inherited">The socket over which the first daemon speaks.</param>
    public ShimServer(Descriptor inherited)
    {
        Loop.Add(Reaper);
        DescriptorCalls.SetNonBlocking(inherited);
        AddConnection(inherited);
    }

    public EventLoop Loop { get; } = new();

    public Reaper Reaper { get; } = new();

    public RuntimeCommand Runtime => _runtime ?? throw new InvalidOperationException("not prepared");

    /// <summary>Serves until the container is gone and everybody has been told; attachments that still read get their time.</summary>
    public void Run() => Loop.RunUntil(() => _released && !Loop.HasOtherThan(Reaper));

    public void Dispose() => _log?.Dispose();

    /// <exception cref="ArgumentException">The message is malformed or not to be said now; so are <see cref="LinuxException"/>s answered.</exception>
    public void Handle(ControlConnection from, ShimFrame frame, ReadOnlySpan<byte> payload)
    {
        var reply = new Reply(from, frame.RequestId);
        if (frame.Kind == ShimMessage.Prepare)
        {
            Prepare(ShimSettings.Read(payload));
            from.IsControl = true;
            reply.Done();
            return;
        }

        ContainerProcess container = _container ?? throw new ArgumentException("the shim is not prepared");
        var reader = new ShimFrameReader(payload);
        switch (frame.Kind)
        {
            case ShimMessage.Connect:
                from.IsControl = true;
                ExecProcess[] running = [.. _execs.Where(static exec => exec.IsRunning)];
                reply.State(new(_settings!.ContainerId, container.Pid, [.. running.Select(static e => e.Id)], [.. running.Select(static e => e.Pid)]));
                break;
            case ShimMessage.Attach:
                Attach(ShimAttach.Read(payload), reply);
                break;
            case ShimMessage.Start:
                TaskProcess process = Find(reader.ReadString());
                _started = true;
                process.Start(reply);
                break;
            case ShimMessage.PrepareExec:
                _execs.Add(new ExecProcess(this, ShimExec.Read(payload), _settings!.ContainerId));
                reply.Done();
                break;
            case ShimMessage.Resize:
                Find(reader.ReadString()).Resize(reader.ReadInt32(), reader.ReadInt32());
                reply.Done();
                break;
            case ShimMessage.Signal:
                Signal(Find(reader.ReadString()), reader.ReadInt32(), reply);
                break;
            case ShimMessage.Pause:
                RunForAnswer(["pause", _settings!.ContainerId], reply);
                break;
            case ShimMessage.Resume:
                RunForAnswer(["resume", _settings!.ContainerId], reply);
                break;
            case ShimMessage.Update:
                RunForAnswer(["update", "--resources", reader.ReadString(), _settings!.ContainerId], reply);
                break;
            default:
                throw new ArgumentException($"unknown message {(uint)frame.Kind}");
        }
    }

    public void OnConnectionClosed(ControlConnection connection)
    {
        _connections.Remove(connection);
        if (!_started && !_connections.Exists(static other => other.IsControl))
        {
            Release(); // Prepared for somebody who is gone: nobody can start it any more.
        }
    }

    /// <summary>The container could not be started: the shim has no purpose any more.</summary>
    public void OnContainerFailed()
    {
        if (!_connections.Exists(static connection => connection.IsControl))
        {
            // 128 is what Docker records where a container could not be started.
            RecordExit(new TaskExit(128, TimeProvider.System.GetUtcNow(), OutOfMemory: false));
        }

        // The runtime cleans up after itself; this is for one that was killed in the midst of it.
        DeleteContainer(Release);
    }

    /// <summary>All output is read.</summary>
    public void OnContainerExited(TaskExit exit, bool runtimeIsDone)
    {
        foreach (ExecProcess exec in _execs.ToArray())
        {
            exec.Finish();
        }

        _container!.Output.End();
        _log?.Dispose();
        RecordExit(exit);
        Broadcast(new ShimExit("", exit.ExitCode, exit.At.UtcTicks, exit.OutOfMemory));
        if (runtimeIsDone)
        {
            Release();
        }
        else
        {
            DeleteContainer(Release);
        }
    }

    public void OnExecExited(ExecProcess exec, TaskExit exit)
    {
        Forget(exec);
        Broadcast(new ShimExit(exec.Id, exit.ExitCode, exit.At.UtcTicks, OutOfMemory: false));
        if (++_endedExecs % ExecsPerCollection == 0)
        {
            GC.Collect();
        }
    }

    public void Forget(ExecProcess exec) => _execs.Remove(exec);

    /// <summary>Has the runtime end what is left of the container, and remove its state and cgroup.</summary>
    public void DeleteContainer(Action onDone)
    {
        ShimFailure? failure = Runtime.StartQuietly(["delete", "--force", _settings!.ContainerId], status =>
        {
            if (status.ExitCode != 0 && _container!.Pid != 0)
            {
                ShimLog.Write($"delete failed: {RuntimeCommand.Failure(Bundle.RuntimeLogName, status).Text}");
            }

            onDone();
        });
        if (failure is not null)
        {
            ShimLog.Write($"delete failed: {failure.Text}");
            onDone();
        }
    }

    // After the answer the daemon may rely on: the socket listens, the process is recorded, the log can be written.
    private void Prepare(ShimSettings settings)
    {
        if (_container is not null)
        {
            throw new ArgumentException("the shim is already prepared");
        }

        DescriptorCalls.ChangeDirectory(settings.BundleDirectory);
        ShimLog.Open();
        ProcessCalls.SetLastArgument(settings.ContainerId, ShimTitle.Placeholder.Length);
        _ = DescriptorCalls.Unlink(Bundle.ExitName);
        _ = DescriptorCalls.Unlink(Bundle.RuntimeLogName);
        _ = DescriptorCalls.MakeDirectory(Bundle.ExecDirectoryName, 0x1c0);
        int pid = Environment.ProcessId;
        DescriptorCalls.WriteFile(Bundle.ShimPidName, Encoding.ASCII.GetBytes($"{pid} {ProcessCalls.StartTime(pid) ?? 0}\n"), 0x180);
        byte[] arguments = Encoding.UTF8.GetBytes(string.Concat(settings.Runtime.Append(settings.ContainerId).Select(static a => a + '\0')));
        DescriptorCalls.WriteFile(Bundle.RuntimeArgumentsName, arguments, 0x180);
        if (settings.LogPath.Length > 0)
        {
            _log = new JsonFileLog(settings.LogPath, settings.LogMaxSizeBytes, settings.LogMaxFiles, settings.LogAttributes);
        }

        _listener = new Listener(UnixSockets.Listen(Bundle.SocketName), this);
        Loop.Add(_listener);
        _settings = settings;
        _runtime = new RuntimeCommand(Reaper, settings.Runtime, settings.HasRuntimeCopy ? new Descriptor(ShimSettings.RuntimeCopy) : null);
        _container = new ContainerProcess(this, settings, _log);
    }

    private void Attach(ShimAttach request, Reply reply)
    {
        TaskProcess process = Find(request.ProcessId);
        reply.Done();
        var attachment = new AttachConnection(reply.Connection.HandOver(), request, process.Output, process.Input);
        Loop.Add(attachment);
        process.Output.Attach(attachment);
    }

    private static void Signal(TaskProcess process, int signal, Reply reply)
    {
        int error = process.Signal(signal);
        if (error == 0)
        {
            reply.Done();
        }
        else
        {
            reply.Fail(error == -Errno.ESRCH ? "process already finished" : new LinuxException("kill", -error).Reason);
        }
    }

    private void RunForAnswer(IReadOnlyList<string> arguments, Reply reply)
    {
        ShimFailure? failure = Runtime.StartQuietly(arguments, status =>
        {
            if (status.ExitCode == 0)
            {
                reply.Done();
            }
            else
            {
                reply.Fail(RuntimeCommand.Failure(Bundle.RuntimeLogName, status));
            }
        });
        if (failure is not null)
        {
            reply.Fail(failure);
        }
    }

    private TaskProcess Find(string processId) =>
        processId.Length == 0
            ? _container!
            : _execs.Find(exec => exec.Id == processId) ?? throw new ArgumentException($"no such exec: {processId}");

    private void Broadcast(ShimExit exit)
    {
        ReadOnlyMemory<byte> message = exit.Write().Complete(ShimMessage.Exited, 0);
        foreach (ControlConnection connection in _connections.Where(static connection => connection.IsControl).ToArray())
        {
            connection.Send(message);
        }
    }

    private static void RecordExit(TaskExit exit)
    {
        try
        {
            ExitRecord.Write(Bundle.ExitName, exit);
        }
        catch (LinuxException exception)
        {
            ShimLog.Write($"the exit is not recorded: {exception.Message}");
        }
    }

    // The end of the control connections is the sign that nothing is left: everything is removed before.
    private void Release()
    {
        if (_released)
        {
            return;
        }

        _released = true;
        if (_listener is not null)
        {
            foreach (string name in (string[])[Bundle.SocketName, Bundle.ShimPidName, Bundle.InitPidName, Bundle.RuntimeArgumentsName])
            {
                _ = DescriptorCalls.Unlink(name);
            }

            _listener.Close();
        }

        _container?.Output.End();
        foreach (ControlConnection connection in _connections.ToArray())
        {
            connection.End();
        }
    }

    private void AddConnection(Descriptor socket)
    {
        var connection = new ControlConnection(socket, this);
        _connections.Add(connection);
        Loop.Add(connection);
    }

    private sealed class Listener(Descriptor socket, ShimServer shim) : Source(socket)
    {
        public override short Wanted => Poll.POLLIN;

        public override void OnReady(short returned)
        {
            while (UnixSockets.Accept(Descriptor) is { } connection)
            {
                shim.AddConnection(connection);
            }
        }
    }
}
