using Berth.Client;

namespace Berth.Cli.Containers;

internal sealed class RenameCommand : Command
{
    public override string Synopsis => "CONTAINER NEW_NAME";

    public override ArgumentCount Arguments => ArgumentCount.Exactly(2);

    public override int Run(CliContext context, IReadOnlyList<string> arguments)
    {
        if (arguments.Any(name => name.Trim().Length == 0))
        {
            throw new CommandException("Error: Neither old nor new names may be empty");
        }

        try
        {
            context.Client.RenameContainer(arguments[0].Trim(), arguments[1].Trim());
            return 0;
        }
        catch (ApiException e)
        {
            throw new CommandException($"{CliContext.Sentence(e)}\nError: failed to rename container named {arguments[0].Trim()}");
        }
    }
}
