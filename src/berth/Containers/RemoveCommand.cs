using Berth.Client;

namespace Berth.Cli.Containers;

internal sealed class RemoveCommand : Command
{
    private readonly Flag<bool> _force;
    private readonly Flag<bool> _link;
    private readonly Flag<bool> _volumes;

    public RemoveCommand()
    {
        _force = Flags.Switch("force", 'f', "Force the removal of a running container (uses SIGKILL)");
        _link = Flags.Switch("link", 'l', "Remove the specified link");
        _volumes = Flags.Switch("volumes", 'v', "Remove anonymous volumes associated with the container");
    }

    public override string Synopsis => "[OPTIONS] CONTAINER [CONTAINER...]";

    public override ArgumentCount Arguments => ArgumentCount.AtLeast(1);

    public override int Run(CliContext context, IReadOnlyList<string> arguments) => ManyTargets.InParallel(context, arguments, name =>
    {
        string id = name.Trim('/');
        if (id.Length == 0)
        {
            throw new CommandException("Container name cannot be empty");
        }

        try
        {
            context.Client.RemoveContainer(id, _force.Value, _volumes.Value, _link.Value);
            return true;
        }
        catch (ApiException e) when (_force.Value && e.IsNotFound)
        {
            // --force makes a missing container a success, but it is told
            context.Error.WriteLine(CliContext.Sentence(e));
            return false;
        }
    });
}
