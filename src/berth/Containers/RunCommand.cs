using Berth.Api.Containers;
using Berth.Client;

namespace Berth.Cli.Containers;

/// <summary>Creates, attaches, waits, starts; in that order, so that neither output nor exit is missed.</summary>
internal sealed class RunCommand : Command
{
    /// <summary>The daemon, or we, could not run it.</summary>
    private const int NotRun = 125;
    private const int NotExecutable = 126;
    private const int NotFound = 127;

    private readonly ContainerFlags _container;
    private readonly CreateStep _create;
    private readonly Flag<bool> _detach;
    private readonly Flag<bool> _signalProxy;
    private readonly Flag<string> _detachKeys;

    public RunCommand()
    {
        _container = new ContainerFlags(Flags);
        _create = new CreateStep(Flags, "Pull image before running (\"always\", \"missing\", \"never\")");
        _detach = Flags.Switch("detach", 'd', "Run container in background and print container ID");
        _detachKeys = Flags.Text("detach-keys", null, "Override the key sequence for detaching a container");
        _signalProxy = Flags.Switch("sig-proxy", null, "Proxy received signals to the process", initial: true);
    }

    public override string Synopsis => "[OPTIONS] IMAGE [COMMAND] [ARG...]";

    public override ArgumentCount Arguments => ArgumentCount.AtLeast(1);

    public override int Run(CliContext context, IReadOnlyList<string> arguments)
    {
        _container.CheckDaemon(context);
        ContainerCreateRequest request = Request(context, arguments);
        try
        {
            string id = _create.Create(context, request, _container);
            return _detach.Value ? StartDetached(context, id) : RunAttached(context, id, request);
        }
        catch (Exception e) when (e is ApiException or DaemonUnreachableException or CommandException { ExitCode: 1 })
        {
            throw Failure(context, CliContext.Sentence(e), NotRun);
        }
    }

    private ContainerCreateRequest Request(CliContext context, IReadOnlyList<string> arguments)
    {
        ContainerCreateRequest request;
        try
        {
            request = WithConsoleSize(context, _container.ToRequest(arguments));
        }
        catch (FormatException e)
        {
            throw Failure(context, e.Message, NotRun);
        }

        if (!_detach.Value)
        {
            CheckTerminal(context, request.AttachStdin, request.Tty);
            return request;
        }

        return _container.HasAttachments
            ? throw new CommandException("conflicting options: cannot specify both --attach and --detach")
            : request with { AttachStdin = false, AttachStdout = false, AttachStderr = false, StdinOnce = false };
    }

    /// <summary>A terminal in the container wants one on our side.</summary>
    public static void CheckTerminal(CliContext context, bool attachStdin, bool tty)
    {
        if (tty && attachStdin && !context.Terminal.IsTerminal)
        {
            throw new CommandException("the input device is not a TTY");
        }
    }

    public static ContainerCreateRequest WithConsoleSize(CliContext context, ContainerCreateRequest request) =>
        context.Out.IsTerminal && Terminal.SizeOf(context.Out.Descriptor) is { } size
            ? request with { HostConfig = request.HostConfig! with { ConsoleSize = [size.Rows, size.Columns] } } // ToRequest sets it
            : request;

    private static int StartDetached(CliContext context, string id)
    {
        Start(context, id);
        context.Out.WriteLine(id);
        return 0;
    }

    private int RunAttached(CliContext context, string id, ContainerCreateRequest request)
    {
        BerthClient client = context.Client;
        context.Flush();
        string keys = AttachSession.ChosenKeys(context, _detachKeys.Value);
        using AttachSession? session = request.AttachStdin || request.AttachStdout || request.AttachStderr
            ? new AttachSession(context, client.AttachContainer(id, new AttachOptions
            {
                Stdin = request.AttachStdin,
                Stdout = request.AttachStdout,
                Stderr = request.AttachStderr,
                DetachKeys = keys,
            }), request.Tty, keys)
            : null;
        using PendingWait wait = client.BeginWait(id, request.HostConfig!.AutoRemove ? "removed" : "next-exit"); // ToRequest sets it
        using SignalForwarding? signals = _signalProxy.Value && !request.Tty ? new SignalForwarding(name => Signal(client, id, name)) : null;
        if (request.AttachStdin)
        {
            session!.StartInput(); // attached, hence a session
        }

        try
        {
            Start(context, id);
        }
        catch (CommandException) when (request.HostConfig.AutoRemove)
        {
            context.Terminal.Restore();
            wait.Result(); // the daemon takes the container away before we end
            throw;
        }

        using WindowSize? window = request.Tty && context.Out.IsTerminal
            ? new WindowSize(() => Terminal.SizeOf(context.Out.Descriptor), (rows, columns) => client.ResizeContainer(id, rows, columns))
            : null;
        window?.Follow(isKnown: false);
        if (session is not null && !session.Run())
        {
            return 0;
        }

        return ExitCode(wait.Result());
    }

    /// <exception cref="CommandException">What the daemon or the runtime said could not be done.</exception>
    public static int ExitCode(ContainerWait result) => result.Error?.Message is { Length: > 0 } message
        ? throw new CommandException($"Error waiting for container: {message}", NotRun)
        : (int)result.StatusCode;

    /// <summary>The container may have ended just before the signal.</summary>
    public static void Signal(BerthClient client, string id, string name)
    {
        try
        {
            client.KillContainer(id, name);
        }
        catch (Exception e) when (e is ApiException or DaemonUnreachableException or IOException)
        {
            // whoever waits for the container learns of its end there
        }
    }

    private static void Start(CliContext context, string id)
    {
        try
        {
            context.Client.StartContainer(id);
        }
        catch (ApiException e)
        {
            throw Failure(context, CliContext.Sentence(e), StartExitCode(e.Message));
        }
    }

    // docker/cli 28: container/run.go, toStatusError
    private static int StartExitCode(string message)
    {
        bool says(string text) => message.Contains(text, StringComparison.Ordinal);
        return says("executable file not found") || says("no such file or directory") || says("system cannot find the file specified") ? NotFound
            : says("permission denied") || says("is a directory") ? NotExecutable
            : NotRun;
    }

    private static CommandException Failure(CliContext context, string message, int exitCode) =>
        new($"{context.Program}: {message}\n\nRun '{context.Program} run --help' for more information", exitCode);
}
