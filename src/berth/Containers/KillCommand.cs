namespace Berth.Cli.Containers;

internal sealed class KillCommand : Command
{
    private readonly Flag<string> _signal;

    public KillCommand() => _signal = Flags.Text("signal", 's', "Signal to send to the container");

    public override string Synopsis => "[OPTIONS] CONTAINER [CONTAINER...]";

    public override ArgumentCount Arguments => ArgumentCount.AtLeast(1);

    public override int Run(CliContext context, IReadOnlyList<string> arguments) =>
        ManyTargets.InParallel(context, arguments, name => context.Client.KillContainer(name, _signal.Value));
}
