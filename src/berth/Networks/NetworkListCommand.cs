using Berth.Api.Networks;
using Berth.Cli.Containers;

namespace Berth.Cli.Networks;

internal sealed class NetworkListCommand : Command
{
    private const string DefaultTable = "table {{.ID}}\t{{.Name}}\t{{.Driver}}\t{{.Scope}}";

    private static readonly HeaderFields s_header = new(new Dictionary<string, string>
    {
        ["ID"] = "NETWORK ID",
        ["Name"] = "NAME",
        ["Driver"] = "DRIVER",
        ["Scope"] = "SCOPE",
        ["IPv4"] = "IPV4",
        ["IPv6"] = "IPV6",
        ["Internal"] = "INTERNAL",
        ["Labels"] = "LABELS",
        ["CreatedAt"] = "CREATED AT",
    });

    private readonly Flag<bool> _noTruncation;
    private readonly Flag<bool> _quiet;
    private readonly Flag<string> _format;
    private readonly ListFlag<(string Name, string Value)> _filter;

    public NetworkListCommand()
    {
        _filter = Flags.Filter("Provide filter values (e.g. \"driver=bridge\")");
        _format = Flags.Text("format", null, FormatUsage.Table);
        _noTruncation = Flags.Switch("no-trunc", null, "Do not truncate the output");
        _quiet = Flags.Switch("quiet", 'q', "Only display network IDs");
    }

    public override string Synopsis => "[OPTIONS]";

    public override ArgumentCount Arguments => ArgumentCount.None;

    public override int Run(CliContext context, IReadOnlyList<string> arguments)
    {
        IEnumerable<NetworkSummary> networks = context.Client.ListNetworks(_filter.ToFilters()).OrderBy(network => network.Name, NaturalOrder.Comparer);
        string chosen = _format.Value.Length > 0 ? _format.Value : context.Config.NetworksFormat ?? "table";
        string format = _quiet.Value ? "{{.ID}}" : chosen switch
        {
            "table" => DefaultTable,
            "raw" => "network_id: {{.ID}}\nname: {{.Name}}\ndriver: {{.Driver}}\nscope: {{.Scope}}\n",
            _ => chosen,
        };
        context.Out.Write(FormatTemplate.Render(format, s_header, networks.Select(Row)));
        return 0;
    }

    private RowFields Row(NetworkSummary network) => new("*network.networkContext",
    [
        ("CreatedAt", () => GoTime.Display(network.Created)),
        ("Driver", () => network.Driver),
        ("ID", () => _noTruncation.Value ? network.Id : Shorten.Id(network.Id)),
        ("IPv4", () => network.EnableIPv4 ? "true" : "false"),
        ("IPv6", () => network.EnableIPv6 ? "true" : "false"),
        ("Internal", () => network.Internal ? "true" : "false"),
        ("Labels", () => ContainerRow.Labels(network.Labels)),
        ("Name", () => network.Name),
        ("Scope", () => network.Scope),
    ], label => network.Labels?.GetValueOrDefault(label));
}
