using System.Text;
using System.Text.Json;
using Berth.Cli.Templates;
using Berth.Client;

namespace Berth.Cli;

/// <summary>What all <c>inspect</c> commands do: fetch each object, show them as one JSON array or through a template.</summary>
/// <remarks>Source: docker/cli 28, cli/command/inspect/inspector.go. What was found is shown, what was not is told, and the exit code is 1.</remarks>
internal static class ObjectInspection
{
    private const int BadTemplate = 64;

    /// <param name="context">Our streams.</param>
    /// <param name="names">The objects.</param>
    /// <param name="format">A template, <c>json</c>, or empty.</param>
    /// <param name="fetch">Gets one object as the daemon wrote it.</param>
    /// <exception cref="CommandException">An object is missing or lacks what the template asks for.</exception>
    public static int Show(CliContext context, IReadOnlyList<string> names, string format, Func<string, JsonElement> fetch)
    {
        FormatTemplate? template = format.Length > 0 && format != "json" ? Parse(format) : null;
        var found = new List<JsonElement>();
        var shown = new StringBuilder();
        var failures = new List<string>();
        foreach (string name in names)
        {
            try
            {
                JsonElement element = fetch(name);
                found.Add(element);
                if (template is not null)
                {
                    shown.Append(template.Execute(new JsonValue(element))).Append('\n');
                }
            }
            catch (TemplateException e)
            {
                failures.Add($"template parsing error: {e.Message}");
            }
            catch (Exception e) when (e is ApiException or DaemonUnreachableException or CommandException)
            {
                failures.Add(CliContext.Sentence(e));
            }
        }

        context.Out.Write(template is null ? AsArray(found, format) : shown.Length == 0 ? "\n" : shown.ToString());
        return failures.Count == 0 ? 0 : throw new CommandException(string.Join('\n', failures));
    }

    private static string AsArray(List<JsonElement> found, string format)
    {
        string array = $"[{string.Join(',', found.Select(element => element.GetRawText()))}]";
        return (format == "json" ? JsonText.Compact(array) : JsonText.Indent(array)) + "\n";
    }

    private static FormatTemplate Parse(string format)
    {
        try
        {
            return FormatTemplate.Parse(format);
        }
        catch (CommandException e)
        {
            throw new CommandException(e.Message, BadTemplate);
        }
    }
}
