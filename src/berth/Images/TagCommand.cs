namespace Berth.Cli.Images;

internal sealed class TagCommand : Command
{
    public override string Synopsis => "SOURCE_IMAGE[:TAG] TARGET_IMAGE[:TAG]";

    public override ArgumentCount Arguments => ArgumentCount.Exactly(2);

    public override int Run(CliContext context, IReadOnlyList<string> arguments)
    {
        ImageName target;
        try
        {
            target = ImageName.Parse(arguments[1]);
        }
        catch (FormatException e)
        {
            throw new CommandException($"Error parsing reference: {GoText.Quote(arguments[1])} is not a valid repository/tag: {e.Message}");
        }

        if (target.Digest is not null)
        {
            throw new CommandException("refusing to create a tag with a digest reference");
        }

        context.Client.TagImage(arguments[0], target.FullName, target.WithDefaultTag().Tag ?? ImageName.DefaultTag);
        return 0;
    }
}
