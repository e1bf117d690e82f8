namespace Berth.Cli.Containers;

internal sealed class RestartCommand : Command
{
    private readonly Flag<string> _signal;
    private readonly Flag<long> _timeout;

    public RestartCommand()
    {
        _signal = Flags.Text("signal", 's', "Signal to send to the container");
        _timeout = Flags.Integer("timeout", 't', "Seconds to wait before killing the container");
        Flags.Add(new AliasFlag("time", _timeout));
    }

    public override string Synopsis => "[OPTIONS] CONTAINER [CONTAINER...]";

    public override ArgumentCount Arguments => ArgumentCount.AtLeast(1);

    public override int Run(CliContext context, IReadOnlyList<string> arguments) => ManyTargets.InOrder(context, arguments,
        name => context.Client.RestartContainer(name, _timeout.IsChanged ? (int)_timeout.Value : null, _signal.Value));
}
