using Berth.Api.Containers;
using Berth.Client;

namespace Berth.Cli.Containers;

internal sealed class StartCommand : Command
{
    private readonly Flag<bool> _attach;
    private readonly Flag<bool> _interactive;
    private readonly Flag<string> _detachKeys;
    private readonly Flag<string> _checkpoint;

    public StartCommand()
    {
        _attach = Flags.Switch("attach", 'a', "Attach STDOUT/STDERR and forward signals");
        _interactive = Flags.Switch("interactive", 'i', "Attach container's STDIN");
        _detachKeys = Flags.Text("detach-keys", null, "Override the key sequence for detaching a container");
        _checkpoint = Flags.Text("checkpoint", null, "Restore from this checkpoint");
        Flags.Text("checkpoint-dir", null, "Use a custom checkpoint storage directory");
    }

    public override string Synopsis => "[OPTIONS] CONTAINER [CONTAINER...]";

    public override ArgumentCount Arguments => ArgumentCount.AtLeast(1);

    public override int Run(CliContext context, IReadOnlyList<string> arguments)
    {
        if (_checkpoint.Value.Length > 0)
        {
            throw new CommandException("checkpoints are not supported");
        }

        if (!_attach.Value && !_interactive.Value)
        {
            return StartEach(context, arguments);
        }

        return arguments.Count == 1
            ? StartAttached(context, arguments[0])
            : throw new CommandException("you cannot start and attach multiple containers at once");
    }

    private static int StartEach(CliContext context, IReadOnlyList<string> names)
    {
        var failed = new List<string>();
        foreach (string name in names)
        {
            try
            {
                context.Client.StartContainer(name);
                context.Out.WriteLine(name);
            }
            catch (Exception e) when (e is ApiException or DaemonUnreachableException)
            {
                context.Error.WriteLine(CliContext.Sentence(e));
                failed.Add(name);
            }

            context.Flush();
        }

        return failed.Count == 0 ? 0 : throw new CommandException($"Error: failed to start containers: {string.Join(", ", failed)}");
    }

    private int StartAttached(CliContext context, string name)
    {
        BerthClient client = context.Client;
        ContainerInspect container = client.InspectContainer(name);
        bool tty = container.Config?.Tty ?? false;
        bool stdin = _interactive.Value && (container.Config?.OpenStdin ?? false);
        string keys = AttachSession.ChosenKeys(context, _detachKeys.Value);
        using var session = new AttachSession(context, client.AttachContainer(container.Id, new AttachOptions
        {
            Stdin = stdin,
            Stdout = true,
            Stderr = true,
            DetachKeys = keys,
        }), tty, keys);
        using PendingWait wait = client.BeginWait(container.Id, container.HostConfig?.AutoRemove == true ? "removed" : "next-exit");
        using SignalForwarding? signals = _attach.Value && !tty ? new SignalForwarding(signal => RunCommand.Signal(client, container.Id, signal)) : null;
        if (stdin)
        {
            session.StartInput();
        }

        client.StartContainer(container.Id);
        using WindowSize? window = tty && context.Out.IsTerminal
            ? new WindowSize(() => Terminal.SizeOf(context.Out.Descriptor), (rows, columns) => client.ResizeContainer(container.Id, rows, columns))
            : null;
        window?.Follow(isKnown: false);
        return session.Run() ? RunCommand.ExitCode(wait.Result()) : 0;
    }
}
