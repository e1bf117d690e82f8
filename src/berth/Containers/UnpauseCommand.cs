namespace Berth.Cli.Containers;

internal sealed class UnpauseCommand : Command
{
    public override string Synopsis => "CONTAINER [CONTAINER...]";

    public override ArgumentCount Arguments => ArgumentCount.AtLeast(1);

    public override int Run(CliContext context, IReadOnlyList<string> arguments) =>
        ManyTargets.InParallel(context, arguments, context.Client.UnpauseContainer);
}
