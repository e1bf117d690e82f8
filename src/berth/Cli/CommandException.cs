namespace Berth.Cli;

/// <summary>A command has failed: what is printed on standard error, and the exit code.</summary>
internal sealed class CommandException : Exception
{
    public CommandException(string message, int exitCode = 1) : base(message) => ExitCode = exitCode;

    public int ExitCode { get; }
}
