using Berth.Api;

namespace Berth.Cli.Images;

internal sealed class PullCommand : Command
{
    private readonly Flag<bool> _allTags;
    private readonly Flag<string> _platform;
    private readonly Flag<bool> _quiet;

    public PullCommand()
    {
        _allTags = Flags.Switch("all-tags", 'a', "Download all tagged images in the repository");
        Flags.Switch("disable-content-trust", null, "Skip image verification", initial: true);
        _platform = Flags.Text("platform", null, "Set platform if server is multi-platform capable");
        if (GlobalOptions.Environment("DOCKER_DEFAULT_PLATFORM") is { Length: > 0 } platform)
        {
            _platform.Set(platform);
        }

        _quiet = Flags.Switch("quiet", 'q', "Suppress verbose output");
    }

    public override string Synopsis => "[OPTIONS] NAME[:TAG|@DIGEST]";

    public override ArgumentCount Arguments => ArgumentCount.Exactly(1);

    public override int Run(CliContext context, IReadOnlyList<string> arguments)
    {
        ImageName name = NameOf(arguments[0]);
        if (_allTags.Value && (name.Tag ?? name.Digest) is not null)
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
        PullProgress.Show(Begin(context, name, _platform.Value), _quiet.Value ? null : context.Out);
        context.Out.WriteLine(name.Full);
        return 0;
    }

    /// <summary>Starts to pull: the tag, the digest, or all tags where it has neither.</summary>
    public static IEnumerable<JsonMessage> Begin(CliContext context, ImageName name, string? platform) =>
        context.Client.PullImage(name.FullName, name.Digest ?? name.Tag, platform, Credentials.HeaderFor(context, name.Domain));

    /// <exception cref="CommandException">It is no image's name.</exception>
    public static ImageName NameOf(string text)
    {
        try
        {
            return ImageName.Parse(text);
        }
        catch (FormatException e)
        {
            throw new CommandException(e.Message);
        }
    }
}
