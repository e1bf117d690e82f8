using System.Globalization;
using System.Text;
using System.Text.Json;
using Berth.Api;
using Berth.Api.Events;
using Berth.Cli.Templates;

namespace Berth.Cli.Daemon;

internal sealed class EventsCommand : Command
{
    private readonly ListFlag<(string Name, string Value)> _filter;
    private readonly Flag<string> _format;
    private readonly Flag<string> _since;
    private readonly Flag<string> _until;

    public EventsCommand()
    {
        _filter = Flags.Filter("Filter output based on conditions provided");
        _format = Flags.Text("format", null, FormatUsage.Single);
        _since = Flags.Text("since", null, "Show all events created since timestamp");
        _until = Flags.Text("until", null, "Stream events until this timestamp");
    }

    public override string Synopsis => "[OPTIONS]";

    public override ArgumentCount Arguments => ArgumentCount.None;

    public override int Run(CliContext context, IReadOnlyList<string> arguments)
    {
        FormatTemplate? template = _format.Value.Length == 0 ? null : Parse();
        foreach (EventMessage message in context.Client.Events(Timestamps.Parse(_since.Value, context.Clock),
            Timestamps.Parse(_until.Value, context.Clock), _filter.ToFilters()))
        {
            context.Out.WriteLine(template is null ? Describe(message) : Execute(template, message));
            context.Out.Flush();
        }

        return 0;
    }

    private FormatTemplate Parse()
    {
        try
        {
            return FormatTemplate.Parse(_format.Value);
        }
        catch (CommandException e)
        {
            throw new CommandException($"Error parsing format: {e.Message["template parsing error: ".Length..]}", 64);
        }
    }

    private static string Execute(FormatTemplate template, EventMessage message)
    {
        try
        {
            return template.Execute(new JsonValue(JsonSerializer.SerializeToElement(message, ApiJson.Default.EventMessage)));
        }
        catch (TemplateException e)
        {
            throw new CommandException(e.Message);
        }
    }

    // docker/cli 28: system/events.go, prettyPrintEvent
    private static string Describe(EventMessage message)
    {
        long nanoseconds = message.TimeNano != 0 ? message.TimeNano : message.Time * 1_000_000_000;
        DateTimeOffset time = TimeZoneInfo.ConvertTime(DateTimeOffset.UnixEpoch.AddTicks(nanoseconds / 100), TimeZoneInfo.Local);
        var text = new StringBuilder(time.ToString("yyyy-MM-ddTHH:mm:ss.fffffff", CultureInfo.InvariantCulture))
            .Append(CultureInfo.InvariantCulture, $"{nanoseconds % 100:00}")
            .Append(time.Offset == TimeSpan.Zero ? "Z" : time.ToString("zzz", CultureInfo.InvariantCulture));
        text.Append($" {message.Type} {message.Action} {message.Actor?.ID}");
        if (message.Actor?.Attributes is { Count: > 0 } attributes)
        {
            text.Append(" (").AppendJoin(", ", attributes.OrderBy(pair => pair.Key, StringComparer.Ordinal)
                .Select(pair => $"{pair.Key}={pair.Value}")).Append(')');
        }

        return text.ToString();
    }
}
