using Berth.Api;
using Berth.Api.Images;

namespace Berth.Cli.Images;

internal sealed class ImageListCommand : Command
{
    private const string DefaultTable = "table {{.Repository}}\t{{.Tag}}\t{{.ID}}\t{{.CreatedSince}}\t{{.Size}}";
    private const string DigestTable = "table {{.Repository}}\t{{.Tag}}\t{{.Digest}}\t{{.ID}}\t{{.CreatedSince}}\t{{.Size}}";
    private const string RawFormat = "repository: {{.Repository}}\ntag: {{.Tag}}\nimage_id: {{.ID}}\ncreated_at: {{.CreatedAt}}\nvirtual_size: {{.Size}}\n";

    private readonly Flag<bool> _all;
    private readonly Flag<bool> _digests;
    private readonly Flag<bool> _noTruncation;
    private readonly Flag<bool> _quiet;
    private readonly Flag<bool> _tree;
    private readonly Flag<string> _format;
    private readonly ListFlag<(string Name, string Value)> _filter;

    public ImageListCommand()
    {
        _all = Flags.Switch("all", 'a', "Show all images (default hides intermediate images)");
        _digests = Flags.Switch("digests", null, "Show digests");
        _filter = Flags.Filter("Filter output based on conditions provided");
        _format = Flags.Text("format", null, FormatUsage.Table);
        _noTruncation = Flags.Switch("no-trunc", null, "Don't truncate output");
        _quiet = Flags.Switch("quiet", 'q', "Only show image IDs");
        _tree = Flags.Switch("tree", null, "List multi-platform images as a tree (EXPERIMENTAL)");
    }

    public override string Synopsis => "[OPTIONS] [REPOSITORY[:TAG]]";

    public override ArgumentCount Arguments => ArgumentCount.AtMost(1);

    public override int Run(CliContext context, IReadOnlyList<string> arguments)
    {
        if (_tree.Value)
        {
            throw new CommandException("--tree is not supported");
        }

        Filters filters = _filter.ToFilters();
        if (arguments.Count == 1)
        {
            filters.Add("reference", arguments[0]);
        }

        IReadOnlyList<ImageSummary> images = context.Client.ListImages(_all.Value, filters);
        string format = Format(context);
        bool showsDigests = _digests.Value || format.Contains("{{.Digest}}", StringComparison.Ordinal);
        context.Out.Write(FormatTemplate.Render(format, ImageRow.Header, images.SelectMany(image =>
            ImageRow.Expand(image, showsDigests, _digests.Value, !_noTruncation.Value, context.Clock))));
        return 0;
    }

    private string Format(CliContext context)
    {
        if (_quiet.Value)
        {
            return "{{.ID}}";
        }

        string format = _format.Value.Length > 0 ? _format.Value : context.Config.ImagesFormat ?? "table";
        return format switch
        {
            "table" => _digests.Value ? DigestTable : DefaultTable,
            "raw" => RawFormat,
            _ => format,
        };
    }
}
