namespace Berth.Cli.Networks;

internal sealed class NetworkInspectCommand : Command
{
    private readonly Flag<string> _format;
    private readonly Flag<bool> _verbose;

    public NetworkInspectCommand()
    {
        _format = Flags.Text("format", 'f', FormatUsage.Single);
        _verbose = Flags.Switch("verbose", 'v', "Verbose output for diagnostics");
    }

    public override string Synopsis => "[OPTIONS] NETWORK [NETWORK...]";

    public override ArgumentCount Arguments => ArgumentCount.AtLeast(1);

    public override int Run(CliContext context, IReadOnlyList<string> arguments) =>
        ObjectInspection.Show(context, arguments, _format.Value, name => context.Client.InspectNetworkRaw(name, _verbose.Value));
}
