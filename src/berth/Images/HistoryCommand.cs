using System.Globalization;
using Berth.Api.Images;

namespace Berth.Cli.Images;

internal sealed class HistoryCommand : Command
{
    private const string DefaultTable = "table {{.ID}}\t{{.CreatedSince}}\t{{.CreatedBy}}\t{{.Size}}\t{{.Comment}}";
    private const string PlainTable = "table {{.ID}}\t{{.CreatedAt}}\t{{.CreatedBy}}\t{{.Size}}\t{{.Comment}}";
    private const int CreatedByWidth = 45;

    private static readonly HeaderFields s_header = new(new Dictionary<string, string>
    {
        ["ID"] = "IMAGE",
        ["CreatedAt"] = "CREATED AT",
        ["CreatedSince"] = "CREATED",
        ["CreatedBy"] = "CREATED BY",
        ["Size"] = "SIZE",
        ["Comment"] = "COMMENT",
    });

    private readonly Flag<string> _format;
    private readonly Flag<bool> _human;
    private readonly Flag<bool> _noTruncation;
    private readonly Flag<string> _platform;
    private readonly Flag<bool> _quiet;

    public HistoryCommand()
    {
        _format = Flags.Text("format", null, FormatUsage.Table);
        _human = Flags.Switch("human", 'H', "Print sizes and dates in human readable format", initial: true);
        _noTruncation = Flags.Switch("no-trunc", null, "Don't truncate output");
        _platform = Flags.Text("platform", null, "Show history for the given platform. Formatted as \"os[/arch[/variant]]\" (e.g., \"linux/amd64\")");
        _quiet = Flags.Switch("quiet", 'q', "Only show image IDs");
    }

    public override string Synopsis => "[OPTIONS] IMAGE";

    public override ArgumentCount Arguments => ArgumentCount.Exactly(1);

    public override int Run(CliContext context, IReadOnlyList<string> arguments)
    {
        IReadOnlyList<ImageHistoryItem> history = context.Client.ImageHistory(arguments[0], PlatformOption.ToJson(_platform.Value));
        string format = _quiet.Value ? "{{.ID}}"
            : _format.Value is "" or "table" ? _human.Value ? DefaultTable : PlainTable
            : _format.Value;
        context.Out.Write(FormatTemplate.Render(format, s_header, history.Select(item => Row(item, context.Clock))));
        return 0;
    }

    private RowFields Row(ImageHistoryItem item, TimeProvider clock) => new("*image.historyContext",
    [
        ("Comment", () => item.Comment),
        ("CreatedAt", () => CreatedAt(item)),
        ("CreatedBy", () =>
        {
            string createdBy = item.CreatedBy.Replace('\t', ' ');
            return _noTruncation.Value ? createdBy : Shorten.Text(createdBy, CreatedByWidth);
        }),
        ("CreatedSince", () => !_human.Value ? CreatedAt(item) : item.Created <= 0 ? "N/A" : Timestamps.Ago(item.Created, clock)),
        ("ID", () => _noTruncation.Value ? item.Id : Shorten.Id(item.Id)),
        ("Size", () => _human.Value ? Sizes.Human(item.Size, 3) : item.Size.ToString(CultureInfo.InvariantCulture)),
    ]);

    private static string CreatedAt(ImageHistoryItem item)
    {
        DateTimeOffset time = TimeZoneInfo.ConvertTime(DateTimeOffset.FromUnixTimeSeconds(item.Created), TimeZoneInfo.Local);
        return time.Offset == TimeSpan.Zero
            ? time.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture)
            : time.ToString("yyyy-MM-ddTHH:mm:sszzz", CultureInfo.InvariantCulture);
    }
}
