using Berth.Api.Networks;

namespace Berth.Cli.Networks;

internal sealed class NetworkDisconnectCommand : Command
{
    private readonly Flag<bool> _force;

    public NetworkDisconnectCommand() => _force = Flags.Switch("force", 'f', "Force the container to disconnect from a network");

    public override string Synopsis => "[OPTIONS] NETWORK CONTAINER";

    public override ArgumentCount Arguments => ArgumentCount.Exactly(2);

    public override int Run(CliContext context, IReadOnlyList<string> arguments)
    {
        context.Client.DisconnectNetwork(arguments[0], new NetworkDisconnectRequest { Container = arguments[1], Force = _force.Value });
        return 0;
    }
}
