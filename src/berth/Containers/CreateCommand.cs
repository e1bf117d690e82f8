using Berth.Api.Containers;

namespace Berth.Cli.Containers;

internal sealed class CreateCommand : Command
{
    private readonly ContainerFlags _container;
    private readonly CreateStep _create;

    public CreateCommand()
    {
        _container = new ContainerFlags(Flags);
        _create = new CreateStep(Flags, "Pull image before creating (\"always\", \"|missing\", \"never\")");
    }

    public override string Synopsis => "[OPTIONS] IMAGE [COMMAND] [ARG...]";

    public override ArgumentCount Arguments => ArgumentCount.AtLeast(1);

    public override int Run(CliContext context, IReadOnlyList<string> arguments)
    {
        _container.CheckDaemon(context);
        ContainerCreateRequest request;
        try
        {
            request = _container.ToRequest(arguments);
        }
        catch (FormatException e)
        {
            throw new CommandException($"{context.Program}: {e.Message}\n\nRun '{context.Program} create --help' for more information", 125);
        }

        context.Out.WriteLine(_create.Create(context, RunCommand.WithConsoleSize(context, request), _container));
        return 0;
    }
}
