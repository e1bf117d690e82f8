namespace Berth.Cli;

/// <summary>One verb: its flags, its words, and what it does. Made when it is asked for, used once.</summary>
internal abstract class Command
{
    public FlagSet Flags { get; } = new();

    /// <summary>What follows the name in the usage line.</summary>
    public abstract string Synopsis { get; }

    public abstract ArgumentCount Arguments { get; }

    /// <summary>What the help says; null for the line that lists show.</summary>
    public virtual string? Description => null;

    /// <returns>The exit code.</returns>
    public abstract int Run(CliContext context, IReadOnlyList<string> arguments);
}
