using Berth.Client;

namespace Berth.Cli.Containers;

internal sealed class LogsCommand : Command
{
    // From this version on the answer says whether it comes in frames.
    private static readonly Api.ApiVersion s_saysHowItComes = new(1, 42);

    private readonly Flag<bool> _details;
    private readonly Flag<bool> _follow;
    private readonly Flag<bool> _timestamps;
    private readonly Flag<string> _since;
    private readonly Flag<string> _until;
    private readonly Flag<string> _tail;

    public LogsCommand()
    {
        _details = Flags.Switch("details", null, "Show extra details provided to logs");
        _follow = Flags.Switch("follow", 'f', "Follow log output");
        _since = Flags.Text("since", null, "Show logs since timestamp (e.g. \"2013-01-02T13:23:37Z\") or relative (e.g. \"42m\" for 42 minutes)");
        _tail = Flags.Text("tail", 'n', "Number of lines to show from the end of the logs", "all");
        _timestamps = Flags.Switch("timestamps", 't', "Show timestamps");
        _until = Flags.Text("until", null, "Show logs before a timestamp (e.g. \"2013-01-02T13:23:37Z\") or relative (e.g. \"42m\" for 42 minutes)");
    }

    public override string Synopsis => "[OPTIONS] CONTAINER";

    public override ArgumentCount Arguments => ArgumentCount.Exactly(1);

    private static string? PointInTime(Flag<string> flag, CliContext context)
    {
        try
        {
            return Timestamps.Parse(flag.Value, context.Clock);
        }
        catch (CommandException e)
        {
            throw new CommandException($"invalid value for \"{flag.Name}\": {e.Message}");
        }
    }

    public override int Run(CliContext context, IReadOnlyList<string> arguments)
    {
        BerthClient client = context.Client;
        bool? isPlain = client.ApiVersion < s_saysHowItComes ? client.InspectContainer(arguments[0]).Config?.Tty : null;
        using ContainerOutput output = client.ContainerLogs(arguments[0], new LogsOptions
        {
            Details = _details.Value,
            Follow = _follow.Value,
            Timestamps = _timestamps.Value,
            Since = PointInTime(_since, context),
            Until = PointInTime(_until, context),
            Tail = _tail.Value,
        });
        if (isPlain ?? output.IsMultiplexed is null)
        {
            AttachSession.CopyPlain(output.Stream, context.Out);
        }
        else
        {
            AttachSession.Demultiplex(output.Stream, context.Out, context.Error);
        }

        return 0;
    }
}
