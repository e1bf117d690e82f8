using Berth.Api.Containers;

namespace Berth.Cli.Containers;

internal sealed class ListCommand : Command
{
    private const string DefaultTable =
        "table {{.ID}}\t{{.Image}}\t{{.Command}}\t{{.RunningFor}}\t{{.Status}}\t{{.Ports}}\t{{.Names}}";

    private readonly Flag<bool> _all;
    private readonly Flag<bool> _latest;
    private readonly Flag<bool> _noTruncation;
    private readonly Flag<bool> _quiet;
    private readonly Flag<bool> _size;
    private readonly Flag<long> _last;
    private readonly Flag<string> _format;
    private readonly ListFlag<(string Name, string Value)> _filter;

    public ListCommand()
    {
        _all = Flags.Switch("all", 'a', "Show all containers (default shows just running)");
        _filter = Flags.Filter("Filter output based on conditions provided");
        _format = Flags.Text("format", null, FormatUsage.Table);
        _last = Flags.Integer("last", 'n', "Show n last created containers (includes all states)", -1);
        _latest = Flags.Switch("latest", 'l', "Show the latest created container (includes all states)");
        _noTruncation = Flags.Switch("no-trunc", null, "Don't truncate output");
        _quiet = Flags.Switch("quiet", 'q', "Only display container IDs");
        _size = Flags.Switch("size", 's', "Display total file sizes");
    }

    public override string Synopsis => "[OPTIONS]";

    public override ArgumentCount Arguments => ArgumentCount.None;

    public override int Run(CliContext context, IReadOnlyList<string> arguments)
    {
        string format = Format(context);
        bool size = _size.Value || (!_quiet.Value && UsesSize(format));
        int limit = _latest.Value && _last.Value < 0 ? 1 : (int)_last.Value;
        IReadOnlyList<ContainerSummary> containers = context.Client.ListContainers(_all.Value, limit, size, _filter.ToFilters());
        context.Out.Write(FormatTemplate.Render(format, ContainerRow.Header,
            containers.Select(container => ContainerRow.Of(container, !_noTruncation.Value, context.Clock))));
        return 0;
    }

    private string Format(CliContext context)
    {
        if (_quiet.Value)
        {
            if (_format.Value.Length > 0)
            {
                context.Error.WriteLine("WARNING: Ignoring custom format, because both --format and --quiet are set.");
            }

            return "{{.ID}}";
        }

        string format = _format.Value.Length > 0 ? _format.Value : context.Config.PsFormat ?? "table";
        return format switch
        {
            "table" => _size.Value ? DefaultTable + "\t{{.Size}}" : DefaultTable,
            "raw" => ContainerRow.RawFormat + (_size.Value ? "\nsize: {{.Size}}\n" : "\n"),
            _ => format,
        };
    }

    private static bool UsesSize(string format) => format == "json" || format.Contains(".Size", StringComparison.Ordinal);
}
