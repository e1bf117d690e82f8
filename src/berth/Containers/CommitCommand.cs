using Berth.Cli.Images;
using Berth.Client;

namespace Berth.Cli.Containers;

internal sealed class CommitCommand : Command
{
    private readonly Flag<string> _author;
    private readonly Flag<string> _message;
    private readonly ListFlag<string> _changes;
    private readonly Flag<bool> _pause;
    private readonly Flag<bool> _noPause;

    public CommitCommand()
    {
        _author = Flags.Text("author", 'a', "Author (e.g., \"John Hannibal Smith <hannibal@a-team.com>\")");
        _changes = Flags.List("change", 'c', "Apply Dockerfile instruction to the created image");
        _message = Flags.Text("message", 'm', "Commit message");
        _pause = Flags.Switch("pause", 'p', "Pause container during commit", initial: true);
        // Docker 29 turned --pause=false into this.
        _noPause = Flags.Switch("no-pause", null, "Do not pause container during commit", hidden: true);
    }

    public override string Synopsis => "[OPTIONS] CONTAINER [REPOSITORY[:TAG]]";

    public override ArgumentCount Arguments => new(1, 2);

    public override int Run(CliContext context, IReadOnlyList<string> arguments)
    {
        ImageName? name = arguments.Count > 1 && arguments[1].Length > 0 ? NameOf(arguments[1]) : null;
        context.Out.WriteLine(context.Client.CommitContainer(arguments[0], new CommitOptions
        {
            Repository = name?.FullName,
            Tag = name?.Tag,
            Author = _author.Value,
            Comment = _message.Value,
            Changes = _changes.Values,
            Pause = _pause.Value && !_noPause.Value,
        }));
        return 0;
    }

    private static ImageName NameOf(string text)
    {
        try
        {
            return ImageName.Parse(text).WithDefaultTag();
        }
        catch (FormatException e)
        {
            throw new CommandException(e.Message);
        }
    }
}
