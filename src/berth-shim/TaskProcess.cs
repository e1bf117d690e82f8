using System.Buffers.Text;
using Berth.Linux;
using Berth.Linux.Descriptors;
using Berth.Linux.Processes;
using Berth.Linux.Terminals;
using Berth.Runtime.Output;
using Berth.Runtime.Shim;

namespace Berth.Shim;

/// <summary>A process in the container with its streams, from prepared to exited: the first one or an exec.</summary>
internal abstract class TaskProcess(ShimServer shim, ShimExec settings, JsonFileLog? log)
{
    private ConsoleSocket? _console;
    private Descriptor? _terminal;
    private Descriptor? _stdin;
    private Descriptor? _stdout;
    private Descriptor? _stderr;
    private (int Rows, int Columns) _size = (settings.Rows, settings.Columns);
    private bool _starting;

    public string Id => settings.ProcessId;

    /// <summary>0 before it is started.</summary>
    public int Pid { get; private set; }

    public bool IsRunning { get; private set; }

    public OutputRelay Output { get; } = new(shim.Loop, settings.Terminal, log);

    public InputRelay Input { get; } = new(shim.Loop);

    protected ShimServer Shim => shim;

    /// <summary>The runtime's log of this start, in the bundle.</summary>
    protected abstract string LogName { get; }

    protected abstract string PidName { get; }

    protected abstract string ConsoleName { get; }

    /// <summary>Has the runtime start it; the answer is sent when it runs or cannot.</summary>
    public void Start(Reply reply)
    {
        if (_starting)
        {
            reply.Fail("the process is already started");
            return;
        }

        _starting = true;
        _ = DescriptorCalls.Unlink(PidName);
        Descriptor[] inherited;
        try
        {
            inherited = settings.Terminal ? OpenConsole() : OpenPipes();
        }
        catch (LinuxException exception)
        {
            FailStart(new ShimFailure(IsRuntimeLog: false, exception.Message), reply);
            return;
        }

        shim.Reaper.BeginExpecting();
        ShimFailure? failure = shim.Runtime.Start(LogName, Command(), inherited, status => OnStarted(status, reply));
        foreach (Descriptor descriptor in inherited)
        {
            descriptor.Dispose();
        }

        if (failure is not null)
        {
            shim.Reaper.EndExpecting();
            FailStart(failure, reply);
        }
    }

    public void Resize(int rows, int columns)
    {
        _size = (rows, columns);
        if (_terminal is { IsClosed: false })
        {
            PseudoTerminal.Resize(_terminal, rows, columns);
        }
    }

    /// <returns>0, or minus errno.</returns>
    public int Signal(int signal) => IsRunning ? SignalCalls.Send(Pid, signal) : -Errno.ESRCH;

    /// <summary>The runtime's command and its arguments, <see cref="PidName"/> and <see cref="ConsoleName"/> among them.</summary>
    protected abstract IReadOnlyList<string> Command();

    protected IEnumerable<string> ConsoleArguments => settings.Terminal ? ["--console-socket", ConsoleName] : [];

    /// <summary>It runs; nothing of its output has been read yet.</summary>
    protected abstract void OnRunning();

    /// <summary>It cannot be started; its streams are closed, and who asked has the answer.</summary>
    protected abstract void OnFailed();

    /// <summary>Removes what was needed for the start only.</summary>
    protected virtual void RemoveFiles()
    {
    }

    protected abstract void OnExited(WaitStatus status);

    private void OnStarted(WaitStatus status, Reply reply)
    {
        _console?.Finish();
        int pid = status.ExitCode == 0 ? ReadPid() : 0;
        if (pid == 0)
        {
            shim.Reaper.EndExpecting();
            FailStart(RuntimeCommand.Failure(LogName, status), reply);
            return;
        }

        Pid = pid;
        IsRunning = true;
        OpenStreams();
        OnRunning();
        reply.Done(pid);
        shim.Reaper.Watch(pid, exit =>
        {
            IsRunning = false;
            Input.CloseNow();
            OnExited(exit);
        });
        shim.Reaper.EndExpecting();
    }

    private void FailStart(ShimFailure failure, Reply reply)
    {
        _console?.Close();
        foreach (Descriptor? descriptor in (Descriptor?[])[_terminal, _stdin, _stdout, _stderr])
        {
            descriptor?.Dispose();
        }

        // What the runtime wrote to the process's standard error is in its log, too: it is not output.
        Input.CloseNow();
        Output.End();
        RemoveFiles();
        reply.Fail(failure);
        OnFailed();
    }

    private void OpenStreams()
    {
        if (_terminal is not null)
        {
            Output.Open(OutputStream.Stdout, _terminal);
            Input.Open(DescriptorCalls.Duplicate(_terminal));
            return;
        }

        if (_stdin is not null)
        {
            Input.Open(_stdin);
        }
        else
        {
            Input.CloseNow();
        }

        if (_stdout is not null && _stderr is not null)
        {
            Output.Open(OutputStream.Stdout, _stdout);
            Output.Open(OutputStream.Stderr, _stderr);
        }
    }

    private Descriptor[] OpenPipes()
    {
        (Descriptor stdoutReader, Descriptor stdoutWriter) = DescriptorCalls.CreatePipe();
        (Descriptor stderrReader, Descriptor stderrWriter) = DescriptorCalls.CreatePipe();
        _stdout = stdoutReader;
        _stderr = stderrReader;
        if (!settings.OpenStdin)
        {
            return [DescriptorCalls.Open("/dev/null", DescriptorCalls.O_RDONLY), stdoutWriter, stderrWriter];
        }

        (Descriptor stdinReader, Descriptor stdinWriter) = DescriptorCalls.CreatePipe();
        _stdin = stdinWriter;
        return [stdinReader, stdoutWriter, stderrWriter];
    }

    private Descriptor[] OpenConsole()
    {
        _console = new ConsoleSocket(shim.Loop, ConsoleName, TakeTerminal);
        shim.Loop.Add(_console);
        return [.. Enumerable.Range(0, 3).Select(static _ => DescriptorCalls.Open("/dev/null", DescriptorCalls.O_RDWR))];
    }

    private void TakeTerminal(Descriptor master)
    {
        _terminal = master;
        if (_size is ( > 0, > 0))
        {
            PseudoTerminal.Resize(master, _size.Rows, _size.Columns);
        }
    }

    private int ReadPid()
    {
        Span<byte> text = stackalloc byte[32];
        int length = DescriptorCalls.ReadFile(PidName, text);
        return length > 0 && Utf8Parser.TryParse(text[..length], out int pid, out _) ? pid : 0;
    }
}
