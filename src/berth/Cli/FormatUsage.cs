namespace Berth.Cli;

/// <summary>The help of <c>--format</c>. Source: docker/cli 28, cli/flags/options.go.</summary>
internal static class FormatUsage
{
    private const string Common =
        "'json':             Print in JSON format\n"
        + "'TEMPLATE':         Print output using the given Go template.\n"
        + "Refer to https://docs.docker.com/go/formatting/ for more information about formatting output with templates";

    /// <summary>Of a command that shows one object.</summary>
    public const string Single = "Format output using a custom template:\n" + Common;

    /// <summary>Of a command that lists objects.</summary>
    public const string Table = "Format output using a custom template:\n"
        + "'table':            Print output in table format with column headers (default)\n"
        + "'table TEMPLATE':   Print output in table format using the given Go template\n" + Common;
}
