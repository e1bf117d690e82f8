namespace Berth.Cli;

/// <summary>Asks before something is lost.</summary>
/// <remarks>Source: docker/cli 28, cli/command/utils.go, PromptForConfirmation.</remarks>
internal static class Confirmation
{
    /// <returns>True only for <c>y</c>.</returns>
    public static bool Ask(CliContext context, string question)
    {
        context.Out.Write($"{question} [y/N] ");
        context.Flush();
        return string.Equals(context.Terminal.ReadLine()?.Trim(), "y", StringComparison.OrdinalIgnoreCase);
    }
}
