using Berth.Api.Networks;
using Berth.Cli.Containers;

namespace Berth.Cli.Networks;

internal sealed class NetworkConnectCommand : Command
{
    private readonly ListFlag<string> _aliases;
    private readonly ListFlag<string> _driverOptions;
    private readonly Flag<long> _gatewayPriority;
    private readonly Flag<string> _ip;
    private readonly Flag<string> _ip6;
    private readonly ListFlag<string> _links;
    private readonly ListFlag<string> _linkLocalIps;

    public NetworkConnectCommand()
    {
        _aliases = Flags.Strings("alias", "Add network-scoped alias for the container");
        _driverOptions = Flags.Strings("driver-opt", "driver options for the network");
        _gatewayPriority = Flags.Integer("gw-priority", null, "Highest gw-priority provides the default gateway. Accepts positive and negative values.");
        _ip = Flags.Text("ip", null, "IPv4 address (e.g., \"172.30.100.104\")");
        _ip6 = Flags.Text("ip6", null, "IPv6 address (e.g., \"2001:db8::33\")");
        _links = Flags.List("link", null, "Add link to another container", NetworkSpec.CheckLink);
        _linkLocalIps = Flags.Strings("link-local-ip", "Add a link-local address for the container");
    }

    public override string Synopsis => "[OPTIONS] NETWORK CONTAINER";

    public override ArgumentCount Arguments => ArgumentCount.Exactly(2);

    public override int Run(CliContext context, IReadOnlyList<string> arguments)
    {
        context.Client.ConnectNetwork(arguments[0], new NetworkConnectRequest
        {
            Container = arguments[1],
            EndpointConfig = new EndpointSettings
            {
                IPAMConfig = new EndpointIpamConfig
                {
                    IPv4Address = NullIfEmpty(_ip.Value),
                    IPv6Address = NullIfEmpty(_ip6.Value),
                    LinkLocalIPs = _linkLocalIps.Values.Count == 0 ? null : _linkLocalIps.Values,
                },
                Links = _links.Values.Count == 0 ? null : _links.Values,
                Aliases = _aliases.Values.Count == 0 ? null : _aliases.Values,
                DriverOpts = DriverOptions(),
                GwPriority = _gatewayPriority.Value,
            },
        });
        return 0;
    }

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;

    private Dictionary<string, string> DriverOptions() => _driverOptions.Values.All(option => option.IndexOf('=', StringComparison.Ordinal) > 0)
        ? KeyValues.ToMap(_driverOptions.Values.Select(option => option.Trim()))
        : throw new CommandException("invalid key/value pair format in driver options");
}
