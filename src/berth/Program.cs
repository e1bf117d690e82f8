using Berth.Client;

namespace Berth.Cli;

/// <summary>Finds the command, runs it, and turns failures into sentences and exit codes.</summary>
internal static class Program
{
    private const int UsageExitCode = 125;

    public static int Main(string[] arguments)
    {
        string program = Path.GetFileName(Environment.GetCommandLineArgs()[0]) == "docker" ? "docker" : "berth";
        var globals = new GlobalOptions();
        using var context = new CliContext(program, globals);
        int exitCode;
        try
        {
            exitCode = Run(context, arguments);
            context.Flush();
        }
        catch (CommandException e)
        {
            exitCode = Fail(context, e.Message, e.ExitCode);
        }
        catch (BrokenPipeException)
        {
            exitCode = BrokenPipeException.ExitCode;
        }
        catch (Exception e) when (e is ApiException or DaemonUnreachableException or IOException or UnauthorizedAccessException or InvalidDataException)
        {
            exitCode = Fail(context, CliContext.Sentence(e), 1);
        }

        context.Terminal.Restore();
        return exitCode;
    }

    private static int Fail(CliContext context, string message, int exitCode)
    {
        try
        {
            context.Out.Flush();
            if (message.Length > 0)
            {
                context.Error.WriteLine(message);
            }

            context.Error.Flush();
            return exitCode;
        }
        catch (BrokenPipeException)
        {
            return BrokenPipeException.ExitCode;
        }
    }

    private static int Run(CliContext context, string[] arguments)
    {
        GlobalOptions globals = context.Globals;
        IReadOnlyList<string> words;
        try
        {
            words = globals.Flags.Parse(arguments);
        }
        catch (FlagException e)
        {
            throw new CommandException($"{e.Message}\n\nUsage:  {context.Program} [OPTIONS] COMMAND [ARG...]\n\n"
                + $"Run '{context.Program} --help' for more information", UsageExitCode);
        }

        if (globals.Flags.WantsHelp)
        {
            // The flags end at the help: what stands behind may name a command.
            return HelpFor(context, [.. arguments.SkipWhile(word => word is not ("--help" or "-h")).Skip(1).Where(word => !word.StartsWith('-'))]);
        }

        if (globals.Version.Value)
        {
            context.Out.WriteLine($"{(context.Program == "docker" ? "Docker" : "Berth")} version {ProductVersion.Number}, build {ProductVersion.Commit}");
            return 0;
        }

        globals.Check();
        if (words.Count == 0 || words[0] == "help")
        {
            return HelpFor(context, words.Skip(1).ToList());
        }

        return Dispatch(context, words);
    }

    private static int Dispatch(CliContext context, IReadOnlyList<string> words)
    {
        if (!CommandTree.IsNoun(words[0]))
        {
            return CommandTree.Find(words[0]) is { } row
                ? Invoke(context, words[0], row, words.Skip(1).ToList())
                : throw new CommandException($"{context.Program}: unknown command: {context.Program} {words[0]}\n\n"
                    + $"Run '{context.Program} --help' for more information");
        }

        string noun = words[0];
        string? verb = words.Skip(1).FirstOrDefault(word => !word.StartsWith('-'));
        if (verb is not null && CommandTree.Find($"{noun} {verb}") is { } found)
        {
            return Invoke(context, found.Names[0], found, words.Skip(2).ToList());
        }

        if (verb is null || words.Contains("--help"))
        {
            return HelpFor(context, [noun]);
        }

        throw new CommandException($"{context.Program}: unknown command: {context.Program} {noun} {verb}\n\n"
            + $"Usage:  {context.Program} {noun}\n\nRun '{context.Program} {noun} --help' for more information");
    }

    private static int Invoke(CliContext context, string name, CommandRow row, List<string> words)
    {
        Command command = row.Create();
        string path = $"{context.Program} {name}";
        string usage = Help.UsageLine(context.Program, name, command);
        IReadOnlyList<string> arguments;
        try
        {
            arguments = command.Flags.Parse(words);
        }
        catch (FlagException e)
        {
            throw new CommandException($"{e.Message}\n\nUsage:  {usage}\n\nRun '{path} --help' for more information", UsageExitCode);
        }

        if (command.Flags.WantsHelp)
        {
            if (command.Flags.WantsHelpByShorthand)
            {
                context.Error.WriteLine("Flag shorthand -h has been deprecated, use --help");
            }

            context.Out.Write(Help.ForCommand(context.Program, name, row, command, HelpWidth(context)));
            return 0;
        }

        if (command.Arguments.Refusal(arguments.Count) is { } refusal)
        {
            throw new CommandException($"{context.Program}: '{path}' {refusal}\n\nUsage:  {usage}\n\n"
                + $"{command.Arguments.HelpVerb} '{path} --help' for more information");
        }

        return command.Run(context, arguments);
    }

    private static int HelpFor(CliContext context, List<string> topic)
    {
        if (topic.Count == 0)
        {
            context.Out.Write(Help.ForProgram(context.Program, context.Globals.Flags, HelpWidth(context)));
            return 0;
        }

        string name = string.Join(' ', topic);
        if (CommandTree.IsNoun(name))
        {
            context.Out.Write(Help.ForNoun(context.Program, name));
            return 0;
        }

        if (CommandTree.Find(name) is not { } row)
        {
            throw new CommandException($"unknown help topic: {name}");
        }

        context.Out.Write(Help.ForCommand(context.Program, topic.Count == 1 ? name : row.Names[0], row, row.Create(), HelpWidth(context)));
        return 0;
    }

    private static int HelpWidth(CliContext context) => context.Terminal.Size is { Columns: > 0 } size ? size.Columns : 80;
}
