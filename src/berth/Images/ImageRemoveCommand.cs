using Berth.Api.Images;
using Berth.Client;

namespace Berth.Cli.Images;

internal sealed class ImageRemoveCommand : Command
{
    private readonly Flag<bool> _force;
    private readonly Flag<bool> _noPrune;
    private readonly ListFlag<string> _platforms;

    public ImageRemoveCommand()
    {
        _force = Flags.Switch("force", 'f', "Force removal of the image");
        _noPrune = Flags.Switch("no-prune", null, "Do not delete untagged parents");
        _platforms = Flags.Strings("platform", "Remove only the given platform variant. Formatted as \"os[/arch[/variant]]\" (e.g., \"linux/amd64\")");
    }

    public override string Synopsis => "[OPTIONS] IMAGE [IMAGE...]";

    public override ArgumentCount Arguments => ArgumentCount.AtLeast(1);

    public override int Run(CliContext context, IReadOnlyList<string> arguments)
    {
        var failures = new List<string>();
        bool isFatal = false;
        foreach (string name in arguments)
        {
            try
            {
                IReadOnlyList<string> platforms = _platforms.Values.Select(platform => PlatformOption.ToJson(platform) ?? "").ToList();
                foreach (ImageDeleteItem item in context.Client.RemoveImage(name, _force.Value, _noPrune.Value, platforms))
                {
                    context.Out.WriteLine(item.Deleted is { Length: > 0 } ? $"Deleted: {item.Deleted}" : $"Untagged: {item.Untagged}");
                }
            }
            catch (Exception e) when (e is ApiException or DaemonUnreachableException)
            {
                isFatal |= e is not ApiException { IsNotFound: true };
                failures.Add(CliContext.Sentence(e));
            }
        }

        if (failures.Count == 0)
        {
            return 0;
        }

        // --force makes a missing image a success, but it is told
        return _force.Value && !isFatal ? Tell(context, failures) : throw new CommandException(string.Join('\n', failures));
    }

    private static int Tell(CliContext context, List<string> failures)
    {
        context.Error.WriteLine(string.Join('\n', failures));
        return 0;
    }
}
