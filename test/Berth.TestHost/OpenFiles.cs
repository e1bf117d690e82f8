namespace Berth.TestHost;

/// <summary>What a process has open. Source: proc_pid_fd(5).</summary>
public static class OpenFiles
{
    public static IReadOnlyList<string> Below(string directory) => Where(target => target.StartsWith(directory + "/", StringComparison.Ordinal));

    /// <summary>A target is a path, or the kernel's word for what has none, such as <c>/memfd:name (deleted)</c>.</summary>
    /// <param name="processId">Null is this process.</param>
    public static IReadOnlyList<string> Where(Func<string, bool> isMeant, int? processId = null) =>
        [.. Directory.EnumerateFileSystemEntries($"/proc/{processId ?? Environment.ProcessId}/fd").Select(TargetOf).OfType<string>().Where(isMeant).Order(StringComparer.Ordinal)];

    private static string? TargetOf(string link)
    {
        try
        {
            return new FileInfo(link).LinkTarget;
        }
        catch (IOException)
        {
            return null; // it was closed meanwhile
        }
    }
}
