namespace Berth.Cli.Containers;

internal sealed class ContainerInspectCommand : Command
{
    private readonly Flag<string> _format;
    private readonly Flag<bool> _size;

    public ContainerInspectCommand()
    {
        _format = Flags.Text("format", 'f', FormatUsage.Single);
        _size = Flags.Switch("size", 's', "Display total file sizes");
    }

    public override string Synopsis => "[OPTIONS] CONTAINER [CONTAINER...]";

    public override ArgumentCount Arguments => ArgumentCount.AtLeast(1);

    public override int Run(CliContext context, IReadOnlyList<string> arguments) =>
        ObjectInspection.Show(context, arguments, _format.Value, name => context.Client.InspectContainerRaw(name, _size.Value));
}
