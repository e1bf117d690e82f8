namespace Berth.Cli.Volumes;

internal sealed class VolumeRemoveCommand : Command
{
    private readonly Flag<bool> _force;

    public VolumeRemoveCommand() => _force = Flags.Switch("force", 'f', "Force the removal of one or more volumes");

    public override string Synopsis => "[OPTIONS] VOLUME [VOLUME...]";

    public override ArgumentCount Arguments => ArgumentCount.AtLeast(1);

    public override string Description => "Remove one or more volumes. You cannot remove a volume that is in use by a container.";

    public override int Run(CliContext context, IReadOnlyList<string> arguments) =>
        ManyTargets.InOrder(context, arguments, name => context.Client.RemoveVolume(name, _force.Value));
}
