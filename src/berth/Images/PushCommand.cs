namespace Berth.Cli.Images;

internal sealed class PushCommand : Command
{
    private readonly Flag<bool> _allTags;
    private readonly Flag<string> _platform;
    private readonly Flag<bool> _quiet;

    public PushCommand()
    {
        _allTags = Flags.Switch("all-tags", 'a', "Push all tags of an image to the repository");
        Flags.Switch("disable-content-trust", null, "Skip image signing", initial: true);
        _platform = Flags.Text("platform", null, "Push a platform-specific manifest as a single-platform image to the registry.\n"
            + "Image index won't be pushed, meaning that other manifests, including attestations won't be preserved.\n"
            + "'os[/arch[/variant]]': Explicit platform (eg. linux/amd64)");
        _quiet = Flags.Switch("quiet", 'q', "Suppress verbose output");
    }

    public override string Synopsis => "[OPTIONS] NAME[:TAG]";

    public override ArgumentCount Arguments => ArgumentCount.Exactly(1);

    public override int Run(CliContext context, IReadOnlyList<string> arguments)
    {
        ImageName name = PullCommand.NameOf(arguments[0]);
        if (_allTags.Value && name.Tag is not null)
        {
            throw new CommandException("tag can't be used with --all-tags/-a");
        }

        if (!_allTags.Value && name.Tag is null && name.Digest is null)
        {
            name = name.WithDefaultTag();
            if (!_quiet.Value)
            {
                context.Out.WriteLine($"Using default tag: {ImageName.DefaultTag}");
            }
        }

        context.Out.Flush();
        PullProgress.Show(context.Client.PushImage(name.FullName, name.Tag, PlatformOption.ToJson(_platform.Value),
            Credentials.HeaderFor(context, name.Domain)), _quiet.Value ? null : context.Out);
        if (_quiet.Value)
        {
            context.Out.WriteLine(name.Full);
        }

        return 0;
    }
}
