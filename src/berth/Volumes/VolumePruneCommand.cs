using Berth.Api;
using Berth.Api.Volumes;

namespace Berth.Cli.Volumes;

internal sealed class VolumePruneCommand : Command
{
    // Before it an unnamed volume could not be told from a named one: all went.
    private static readonly ApiVersion s_anonymousOnlySince = new(1, 42);

    private readonly Flag<bool> _all;
    private readonly Flag<bool> _force;
    private readonly ListFlag<(string Name, string Value)> _filter;

    public VolumePruneCommand()
    {
        _all = Flags.Switch("all", 'a', "Remove all unused volumes, not just anonymous ones");
        _filter = Flags.Filter("Provide filter values (e.g. \"label=<label>\")", shorthand: null);
        _force = Flags.Switch("force", 'f', "Do not prompt for confirmation");
    }

    public override string Synopsis => "[OPTIONS]";

    public override ArgumentCount Arguments => ArgumentCount.None;

    public override int Run(CliContext context, IReadOnlyList<string> arguments)
    {
        Filters filters = _filter.ToFilters();
        if (_all.Value)
        {
            if (filters.Contains("all"))
            {
                throw new CommandException("conflicting options: cannot specify both --all and --filter all=1");
            }

            filters.Add("all", "true");
        }

        if (!_force.Value && !Confirmation.Ask(context, Warning(context)))
        {
            return 0; // docker/cli 28 ends well where the user thinks better of it
        }

        VolumePruneResponse pruned = context.Client.PruneVolumes(filters);
        if (pruned.VolumesDeleted is { Count: > 0 } names)
        {
            context.Out.WriteLine($"Deleted Volumes:\n{string.Join('\n', names)}\n");
        }

        context.Out.WriteLine($"Total reclaimed space: {Sizes.Human(pruned.SpaceReclaimed)}");
        return 0;
    }

    private string Warning(CliContext context)
    {
        string which = _all.Value || context.Client.ApiVersion < s_anonymousOnlySince ? "all" : "anonymous";
        return $"WARNING! This will remove {which} local volumes not used by at least one container.\nAre you sure you want to continue?";
    }
}
