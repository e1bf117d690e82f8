using Berth.Api.Volumes;
using Berth.Cli.Containers;

namespace Berth.Cli.Volumes;

internal sealed class VolumeCreateCommand : Command
{
    // Only Swarm has cluster volumes.
    private static readonly string[] s_clusterFlags =
    [
        "availability", "group", "limit-bytes", "required-bytes", "scope", "secret", "sharing", "topology-preferred", "topology-required", "type",
    ];

    private readonly Flag<string> _driver;
    private readonly ListFlag<string> _labels;
    private readonly ListFlag<string> _options;
    private readonly Flag<string> _name;

    public VolumeCreateCommand()
    {
        _driver = Flags.Text("driver", 'd', "Specify volume driver name", "local");
        _labels = Flags.List("label", null, "Set metadata for a volume", KeyValues.Label);
        _options = Flags.Map("opt", 'o', "Set driver specific options");
        _name = Flags.Text("name", null, "Specify volume name", hidden: true);
        Flags.Text("availability", null, "Cluster Volume availability (\"active\", \"pause\", \"drain\")", "active");
        Flags.Text("group", null, "Cluster Volume group (cluster volumes)");
        Flags.Bytes("limit-bytes", null, "Minimum size of the Cluster Volume in bytes");
        Flags.Bytes("required-bytes", null, "Maximum size of the Cluster Volume in bytes");
        Flags.Text("scope", null, "Cluster Volume access scope (\"single\", \"multi\")", "single");
        Flags.Map("secret", null, "Cluster Volume secrets");
        Flags.Text("sharing", null, "Cluster Volume access sharing (\"none\", \"readonly\", \"onewriter\", \"all\")", "none");
        Flags.List("topology-preferred", null, "A topology that the Cluster Volume would be preferred in");
        Flags.List("topology-required", null, "A topology that the Cluster Volume must be accessible from");
        Flags.Text("type", null, "Cluster Volume access type (\"mount\", \"block\")", "block");
    }

    public override string Synopsis => "[OPTIONS] [VOLUME]";

    public override ArgumentCount Arguments => ArgumentCount.AtMost(1);

    public override int Run(CliContext context, IReadOnlyList<string> arguments)
    {
        if (arguments.Count == 1 && _name.Value.Length > 0)
        {
            throw new CommandException("conflicting options: cannot specify a volume-name through both --name and as a positional arg");
        }

        if (Flags.All.FirstOrDefault(flag => flag.IsChanged && s_clusterFlags.Contains(flag.Name)) is { } cluster)
        {
            throw new CommandException($"--{cluster.Name}: cluster volumes are not supported");
        }

        Volume volume = context.Client.CreateVolume(new VolumeCreateRequest
        {
            Name = arguments.Count == 1 ? arguments[0] : _name.Value,
            Driver = _driver.Value,
            DriverOpts = KeyValues.ToMap(_options.Values),
            Labels = KeyValues.ToMap(_labels.Values),
        });
        context.Out.WriteLine(volume.Name);
        return 0;
    }
}
