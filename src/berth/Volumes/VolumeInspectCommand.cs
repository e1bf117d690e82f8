namespace Berth.Cli.Volumes;

internal sealed class VolumeInspectCommand : Command
{
    private readonly Flag<string> _format;

    public VolumeInspectCommand() => _format = Flags.Text("format", 'f', FormatUsage.Single);

    public override string Synopsis => "[OPTIONS] VOLUME [VOLUME...]";

    public override ArgumentCount Arguments => ArgumentCount.AtLeast(1);

    public override int Run(CliContext context, IReadOnlyList<string> arguments) =>
        ObjectInspection.Show(context, arguments, _format.Value, context.Client.InspectVolumeRaw);
}
