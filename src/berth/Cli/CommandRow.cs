namespace Berth.Cli;

/// <summary>Where a command stands in the program's help.</summary>
internal enum CommandClass
{
    /// <summary>Among the most used, in the order of the table.</summary>
    Common,
    Plain,
}

/// <summary>A row of the command table.</summary>
/// <param name="Names">All names, noun and verb; the first is the canonical one, the one without a noun is the short form.</param>
/// <param name="Summary">The line of help that lists show.</param>
internal sealed record CommandRow(CommandClass Class, string[] Names, string Summary, Func<Command> Create)
{
    /// <summary>The name at the top level; null where there is none.</summary>
    public string? ShortName => Array.Find(Names, name => !name.Contains(' ', StringComparison.Ordinal));

    /// <summary>The noun that it belongs to; null for a command that has none.</summary>
    public string? Noun => Names[0].Contains(' ', StringComparison.Ordinal) ? Names[0].Split(' ')[0] : null;

    public string Verb => Names[0].Split(' ')[^1];
}
