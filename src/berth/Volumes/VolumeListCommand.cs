using System.Globalization;
using Berth.Api.Volumes;
using Berth.Cli.Containers;

namespace Berth.Cli.Volumes;

internal sealed class VolumeListCommand : Command
{
    private const string DefaultTable = "table {{.Driver}}\t{{.Name}}";

    private static readonly HeaderFields s_header = new(new Dictionary<string, string>
    {
        ["Name"] = "VOLUME NAME",
        ["Driver"] = "DRIVER",
        ["Scope"] = "SCOPE",
        ["Mountpoint"] = "MOUNTPOINT",
        ["Labels"] = "LABELS",
        ["Links"] = "LINKS",
        ["Size"] = "SIZE",
        ["Group"] = "GROUP",
        ["Availability"] = "AVAILABILITY",
        ["Status"] = "STATUS",
    });

    private readonly Flag<bool> _cluster;
    private readonly Flag<bool> _quiet;
    private readonly Flag<string> _format;
    private readonly ListFlag<(string Name, string Value)> _filter;

    public VolumeListCommand()
    {
        _cluster = Flags.Switch("cluster", null, "Display only cluster volumes, and use cluster volume list formatting");
        _filter = Flags.Filter("Provide filter values (e.g. \"dangling=true\")");
        _format = Flags.Text("format", null, FormatUsage.Table);
        _quiet = Flags.Switch("quiet", 'q', "Only display volume names");
    }

    public override string Synopsis => "[OPTIONS]";

    public override ArgumentCount Arguments => ArgumentCount.None;

    public override int Run(CliContext context, IReadOnlyList<string> arguments)
    {
        if (_cluster.Value)
        {
            throw new CommandException("cluster volumes are not supported");
        }

        IEnumerable<Volume> volumes = (context.Client.ListVolumes(_filter.ToFilters()).Volumes ?? []).OrderBy(volume => volume.Name, NaturalOrder.Comparer);
        string chosen = _format.Value.Length > 0 ? _format.Value : context.Config.VolumesFormat ?? "table";
        string format = chosen switch
        {
            _ when _quiet.Value => "{{.Name}}",
            "table" => DefaultTable,
            "raw" => "name: {{.Name}}\ndriver: {{.Driver}}\n",
            _ => chosen,
        };
        context.Out.Write(FormatTemplate.Render(format, s_header, volumes.Select(Row)));
        return 0;
    }

    private static RowFields Row(Volume volume) => new("*formatter.volumeContext",
    [
        ("Availability", () => "N/A"),
        ("Driver", () => volume.Driver),
        ("Group", () => "N/A"),
        ("Labels", () => ContainerRow.Labels(volume.Labels)),
        ("Links", () => volume.UsageData is null ? "N/A" : volume.UsageData.RefCount.ToString(CultureInfo.InvariantCulture)),
        ("Mountpoint", () => volume.Mountpoint),
        ("Name", () => volume.Name),
        ("Scope", () => volume.Scope),
        ("Size", () => volume.UsageData is null ? "N/A" : Sizes.Human(volume.UsageData.Size)),
        ("Status", () => "N/A"),
    ], label => volume.Labels?.GetValueOrDefault(label));
}
