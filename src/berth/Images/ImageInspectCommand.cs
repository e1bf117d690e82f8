namespace Berth.Cli.Images;

internal sealed class ImageInspectCommand : Command
{
    private readonly Flag<string> _format;
    private readonly Flag<string> _platform;

    public ImageInspectCommand()
    {
        _format = Flags.Text("format", 'f', FormatUsage.Single);
        _platform = Flags.Text("platform", null, "Inspect a specific platform of the multi-platform image.\n"
            + "If the image or the server is not multi-platform capable, the command will error out if the platform does not match.\n"
            + "'os[/arch[/variant]]': Explicit platform (eg. linux/amd64)");
    }

    public override string Synopsis => "[OPTIONS] IMAGE [IMAGE...]";

    public override ArgumentCount Arguments => ArgumentCount.AtLeast(1);

    public override int Run(CliContext context, IReadOnlyList<string> arguments) => ObjectInspection.Show(context, arguments, _format.Value,
        name => context.Client.InspectImageRaw(name, PlatformOption.ToJson(_platform.Value)));
}
