using Berth.Client;

namespace Berth.Cli.Networks;

internal sealed class NetworkRemoveCommand : Command
{
    private readonly Flag<bool> _force;

    public NetworkRemoveCommand() => _force = Flags.Switch("force", 'f', "Do not error if the network does not exist");

    public override string Synopsis => "NETWORK [NETWORK...]";

    public override ArgumentCount Arguments => ArgumentCount.AtLeast(1);

    public override int Run(CliContext context, IReadOnlyList<string> arguments)
    {
        int exitCode = 0;
        foreach (string name in arguments)
        {
            try
            {
                context.Client.RemoveNetwork(name);
                context.Out.WriteLine(name);
            }
            catch (ApiException e) when (_force.Value && e.IsNotFound)
            {
                // it is not there, which is all that was asked
            }
            catch (Exception e) when (e is ApiException or DaemonUnreachableException)
            {
                context.Error.WriteLine(CliContext.Sentence(e));
                exitCode = 1;
            }

            context.Flush();
        }

        return exitCode == 0 ? 0 : throw new CommandException($"exit status {exitCode}", exitCode);
    }
}
