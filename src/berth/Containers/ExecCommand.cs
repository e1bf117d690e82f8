using Berth.Api.Containers;
using Berth.Client;

namespace Berth.Cli.Containers;

internal sealed class ExecCommand : Command
{
    private readonly Flag<bool> _detach;
    private readonly Flag<bool> _interactive;
    private readonly Flag<bool> _tty;
    private readonly Flag<bool> _privileged;
    private readonly Flag<string> _detachKeys;
    private readonly Flag<string> _user;
    private readonly Flag<string> _workingDirectory;
    private readonly ListFlag<string> _env;
    private readonly ListFlag<string> _envFiles;

    public ExecCommand()
    {
        Flags.Interspersed = false;
        _detach = Flags.Switch("detach", 'd', "Detached mode: run command in the background");
        _detachKeys = Flags.Text("detach-keys", null, "Override the key sequence for detaching a container");
        _env = Flags.List("env", 'e', "Set environment variables", KeyValues.Variable);
        _envFiles = Flags.List("env-file", null, "Read in a file of environment variables");
        _interactive = Flags.Switch("interactive", 'i', "Keep STDIN open even if not attached");
        _privileged = Flags.Switch("privileged", null, "Give extended privileges to the command");
        _tty = Flags.Switch("tty", 't', "Allocate a pseudo-TTY");
        _user = Flags.Text("user", 'u', "Username or UID (format: \"<name|uid>[:<group|gid>]\")");
        _workingDirectory = Flags.Text("workdir", 'w', "Working directory inside the container");
    }

    public override string Synopsis => "[OPTIONS] CONTAINER COMMAND [ARG...]";

    public override ArgumentCount Arguments => ArgumentCount.AtLeast(2);

    public override int Run(CliContext context, IReadOnlyList<string> arguments)
    {
        ExecCreateRequest request = Request(context, arguments);
        if (!_detach.Value)
        {
            RunCommand.CheckTerminal(context, request.AttachStdin, request.Tty);
        }

        string execId = context.Client.CreateExec(arguments[0], request);
        if (execId.Length == 0)
        {
            throw new CommandException("exec ID empty");
        }

        var start = new ExecStartRequest { Detach = _detach.Value, Tty = request.Tty, ConsoleSize = request.ConsoleSize };
        if (_detach.Value)
        {
            context.Client.StartExecDetached(execId, start);
            return 0;
        }

        return RunAttached(context, execId, request, start);
    }

    private ExecCreateRequest Request(CliContext context, IReadOnlyList<string> arguments)
    {
        IReadOnlyList<string> env;
        try
        {
            env = KeyValues.ReadVariables(_envFiles.Values, _env.Values);
        }
        catch (FormatException e)
        {
            throw new CommandException(e.Message);
        }

        return new ExecCreateRequest
        {
            User = _user.Value,
            Privileged = _privileged.Value,
            Tty = _tty.Value,
            ConsoleSize = _tty.Value && context.Out.IsTerminal && Terminal.SizeOf(context.Out.Descriptor) is { } size ? [size.Rows, size.Columns] : null,
            AttachStdin = !_detach.Value && _interactive.Value,
            AttachStdout = !_detach.Value,
            AttachStderr = !_detach.Value,
            Detach = _detach.Value,
            DetachKeys = AttachSession.ChosenKeys(context, _detachKeys.Value),
            Env = env.Count == 0 ? null : env,
            WorkingDir = _workingDirectory.Value,
            Cmd = arguments.Skip(1).ToList(),
        };
    }

    private static int RunAttached(CliContext context, string execId, ExecCreateRequest request, ExecStartRequest start)
    {
        BerthClient client = context.Client;
        using (var session = new AttachSession(context, client.StartExec(execId, start), request.Tty, request.DetachKeys))
        {
            if (request.AttachStdin)
            {
                session.StartInput();
            }

            using WindowSize? window = request.Tty && context.Out.IsTerminal
                ? new WindowSize(() => Terminal.SizeOf(context.Out.Descriptor), (rows, columns) => client.ResizeExec(execId, rows, columns))
                : null;
            window?.Follow(isKnown: false);
            if (!session.Run())
            {
                throw AttachSession.Detached();
            }
        }

        return client.InspectExec(execId).ExitCode ?? 0;
    }
}
