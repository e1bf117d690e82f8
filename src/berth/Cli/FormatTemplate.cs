using System.Text;
using Berth.Cli.Templates;

namespace Berth.Cli;

/// <summary>A <c>--format</c>: <c>json</c>, <c>table</c>, <c>table TEMPLATE</c> or a Go template.</summary>
internal sealed class FormatTemplate
{
    private const string JsonFormat = "{{json .}}";
    private readonly string _source;
    private readonly IReadOnlyList<TemplateNode> _nodes;

    private FormatTemplate(string source)
    {
        _source = source;
        try
        {
            _nodes = TemplateParser.Parse(source);
        }
        catch (TemplateException e)
        {
            throw new CommandException($"template parsing error: {e.Message}");
        }
    }

    /// <summary>For one value: the whole text is a template, or <c>json</c>.</summary>
    /// <exception cref="CommandException">The text is no template.</exception>
    public static FormatTemplate Parse(string text) => new(text == "json" ? JsonFormat : text);

    /// <summary>For a list: a line for each value, aligned and under a header where the format is a table.</summary>
    /// <param name="format">What the user wrote, or the command's own table.</param>
    /// <param name="header">Titles of the columns, by the name of the field.</param>
    /// <param name="values">One for each line.</param>
    /// <exception cref="CommandException">The format is no template, or asks for what is not there.</exception>
    public static string Render(string format, ITemplateObject header, IEnumerable<ITemplateObject> values)
    {
        bool isTable = format == "table" || format.StartsWith("table ", StringComparison.Ordinal);
        string source = isTable ? format["table".Length..] : format == "json" ? JsonFormat : format;
        source = source.Trim(' ').Replace("\\t", "\t", StringComparison.Ordinal).Replace("\\n", "\n", StringComparison.Ordinal);
        var template = new FormatTemplate(source);
        var text = new StringBuilder();
        if (isTable)
        {
            template.Append(text, header, isHeader: true);
        }

        foreach (ITemplateObject value in values)
        {
            template.Append(text, value, isHeader: false);
        }

        return isTable ? Table.Align(text.ToString()) : text.ToString();
    }

    private void Append(StringBuilder text, object? value, bool isHeader)
    {
        try
        {
            TemplateEvaluator.Execute(_source, _nodes, value, isHeader, text);
            text.Append('\n');
        }
        catch (TemplateException e)
        {
            throw new CommandException($"failed to execute template: {e.Message}");
        }
    }

    /// <exception cref="TemplateException">The value lacks what is asked for.</exception>
    public string Execute(object? value)
    {
        var text = new StringBuilder();
        TemplateEvaluator.Execute(_source, _nodes, value, isHeader: false, text);
        return text.ToString();
    }
}
