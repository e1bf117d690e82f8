using System.Text;

namespace Berth.Cli;

/// <summary>Docker's help, to the letter; the program calls itself by the name it was called by.</summary>
/// <remarks>Source of the layout: docker/cli 28, cli/cobra.go, usageTemplate; of the flags' columns: pflag 1.0.6, FlagUsagesWrapped.</remarks>
internal static class Help
{
    private const int NamePadding = 11;
    private const int NarrowestColumn = 24;
    private const int LastWordSlack = 5;

    public static string ForProgram(string program, FlagSet globals, int width)
    {
        var help = new StringBuilder();
        help.Append($"Usage:  {program} [OPTIONS] COMMAND\n\nA self-sufficient runtime for containers\n");
        AppendNames(help, "Common Commands", CommandTree.Rows.Where(row => row.Class == CommandClass.Common)
            .Select(row => (row.ShortName ?? row.Verb, row.Summary)));
        AppendNames(help, "Management Commands", CommandTree.Nouns);
        AppendNames(help, "Commands", CommandTree.Rows.Where(row => row.Class == CommandClass.Plain && row.ShortName is not null)
            .Select(row => (row.ShortName!, row.Summary)).OrderBy(row => row.Item1, StringComparer.Ordinal)); // looked at in Where
        help.Append("\nGlobal Options:\n").Append(FlagUsages(globals, width));
        help.Append($"\nRun '{program} COMMAND --help' for more information on a command.\n");
        return help.ToString();
    }

    public static string ForNoun(string program, string noun)
    {
        var help = new StringBuilder();
        help.Append($"Usage:  {program} {noun} COMMAND\n\n{CommandTree.Nouns.First(n => n.Name == noun).Summary}\n");
        AppendNames(help, "Commands", CommandTree.Of(noun).Select(row => (row.Verb, row.Summary)));
        help.Append($"\nRun '{program} {noun} COMMAND --help' for more information on a command.\n");
        return help.ToString();
    }

    public static string ForCommand(string program, string name, CommandRow row, Command command, int width)
    {
        var help = new StringBuilder();
        help.Append($"Usage:  {UsageLine(program, name, command)}\n\n{command.Description ?? row.Summary}\n");
        if (row.Names.Length > 1)
        {
            help.Append($"\nAliases:\n  {string.Join(", ", row.Names.Select(alias => $"{program} {alias}"))}\n");
        }

        string flags = FlagUsages(command.Flags, width);
        if (flags.Length > 0)
        {
            help.Append("\nOptions:\n").Append(flags);
        }

        return help.ToString();
    }

    public static string UsageLine(string program, string name, Command command) => $"{program} {name} {command.Synopsis}".TrimEnd();

    private static void AppendNames(StringBuilder help, string title, IEnumerable<(string Name, string Summary)> names)
    {
        help.Append($"\n{title}:\n");
        foreach ((string name, string summary) in names)
        {
            help.Append("  ").Append(name.PadRight(NamePadding)).Append(' ').Append(summary).Append('\n');
        }
    }

    /// <param name="flags">All of them are listed but the hidden ones.</param>
    /// <param name="width">Columns of the terminal.</param>
    public static string FlagUsages(FlagSet flags, int width)
    {
        var lines = flags.All.Where(flag => !flag.IsHidden).Select(flag => (Head: HeadOf(flag), Text: TextOf(flag))).ToList();
        int widest = lines.Count == 0 ? 0 : lines.Max(line => line.Head.Length);
        var usages = new StringBuilder();
        foreach ((string head, string text) in lines)
        {
            usages.Append(head.PadRight(widest)).Append("   ").Append(Wrap(widest + 3, width - 1, text)).Append('\n');
        }

        return usages.ToString();
    }

    private static string HeadOf(Flag flag)
    {
        string head = flag.Shorthand is { } letter ? $"  -{letter}, --{flag.Name}" : $"      --{flag.Name}";
        return flag.Type.Length == 0 ? head : $"{head} {flag.Type}";
    }

    private static string TextOf(Flag flag) => flag.Default is { } value ? $"{flag.Usage} (default {value})" : flag.Usage;

    // pflag's wrap: lines begin at the indent, and the last word may stand out a little rather than stand alone.
    private static string Wrap(int indent, int width, string text)
    {
        var wrapped = new StringBuilder();
        int room = width - indent;
        if (room < NarrowestColumn)
        {
            indent = 16;
            room = width - indent;
            wrapped.Append('\n').Append(' ', indent);
        }

        string newLine = "\n" + new string(' ', indent);
        if (room < NarrowestColumn)
        {
            return text.Replace("\n", wrapped.ToString(), StringComparison.Ordinal);
        }

        (string line, string rest) = TakeLine(text, room - LastWordSlack);
        wrapped.Append(line.Replace("\n", newLine, StringComparison.Ordinal));
        while (rest.Length > 0)
        {
            (line, rest) = TakeLine(rest, room - LastWordSlack);
            wrapped.Append(newLine).Append(line.Replace("\n", newLine, StringComparison.Ordinal));
        }

        return wrapped.ToString();
    }

    private static (string Line, string Left) TakeLine(string text, int room)
    {
        if (room + LastWordSlack > text.Length)
        {
            return (text, "");
        }

        int space = text.AsSpan(0, room).LastIndexOfAny(" \t\n");
        if (space <= 0)
        {
            return (text, "");
        }

        int newLine = text.AsSpan(0, room).LastIndexOf('\n');
        int end = newLine > 0 && newLine < space ? newLine : space;
        return (text[..end], text[(end + 1)..]);
    }
}
