using Berth.Api.Containers;
using Berth.Client;

namespace Berth.Cli.Containers;

internal sealed class AttachCommand : Command
{
    private readonly Flag<string> _detachKeys;
    private readonly Flag<bool> _noStdin;
    private readonly Flag<bool> _signalProxy;

    public AttachCommand()
    {
        _detachKeys = Flags.Text("detach-keys", null, "Override the key sequence for detaching a container");
        _noStdin = Flags.Switch("no-stdin", null, "Do not attach STDIN");
        _signalProxy = Flags.Switch("sig-proxy", null, "Proxy all received signals to the process", initial: true);
    }

    public override string Synopsis => "[OPTIONS] CONTAINER";

    public override ArgumentCount Arguments => ArgumentCount.Exactly(1);

    public override int Run(CliContext context, IReadOnlyList<string> arguments)
    {
        BerthClient client = context.Client;
        string id = arguments[0];
        ContainerInspect container = client.InspectContainer(id);
        Check(container.State);
        bool tty = container.Config?.Tty ?? false;
        bool stdin = !_noStdin.Value && (container.Config?.OpenStdin ?? false);
        RunCommand.CheckTerminal(context, stdin, tty);

        string keys = AttachSession.ChosenKeys(context, _detachKeys.Value);
        using PendingWait wait = client.BeginWait(id);
        using var session = new AttachSession(context, client.AttachContainer(id, new AttachOptions
        {
            Stdin = stdin,
            Stdout = true,
            Stderr = true,
            DetachKeys = keys,
        }), tty, keys);
        using SignalForwarding? signals = _signalProxy.Value && !tty ? new SignalForwarding(name => RunCommand.Signal(client, id, name)) : null;
        if (stdin)
        {
            session.StartInput();
        }

        using WindowSize? window = tty && context.Out.IsTerminal
            ? new WindowSize(() => Terminal.SizeOf(context.Out.Descriptor), (rows, columns) => client.ResizeContainer(id, rows, columns))
            : null;
        Redraw(context, client, id, window);
        return session.Run() ? RunCommand.ExitCode(wait.Result()) : throw AttachSession.Detached();
    }

    // A program draws its screen anew only when the size changes: it is changed and changed back.
    private static void Redraw(CliContext context, BerthClient client, string id, WindowSize? window)
    {
        if (window is not null && Terminal.SizeOf(context.Out.Descriptor) is { Rows: > 0 } size)
        {
            client.ResizeContainer(id, size.Rows + 1, size.Columns + 1);
            window.Follow(isKnown: false);
        }
    }

    private static void Check(ContainerState? state)
    {
        // docker/cli 28: container/attach.go
        string? refusal = state switch
        {
            { Running: false } => "cannot attach to a stopped container, start it first",
            { Paused: true } => "cannot attach to a paused container, unpause it first",
            { Restarting: true } => "cannot attach to a restarting container, wait until it is running",
            _ => null,
        };
        if (refusal is not null)
        {
            throw new CommandException(refusal);
        }
    }
}
