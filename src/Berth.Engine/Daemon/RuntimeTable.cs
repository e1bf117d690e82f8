using Berth.Api.Daemon;

namespace Berth.Engine.Daemon;

/// <summary>The OCI runtimes that containers can ask for: those on the search path, and those that the operator added.</summary>
internal static class RuntimeTable
{
    /// <summary>Best first.</summary>
    private static readonly string[] Known = ["crun", "runc"];

    public static IReadOnlyDictionary<string, RuntimeInfo?> Of(EngineOptions options)
    {
        var runtimes = new SortedDictionary<string, RuntimeInfo?>(StringComparer.Ordinal);
        foreach (string name in Known)
        {
            if (FindOnPath(name) is { } path)
            {
                runtimes[name] = new RuntimeInfo { Path = path };
            }
        }

        foreach ((string name, RuntimeOption runtime) in options.Runtimes)
        {
            runtimes[name] = new RuntimeInfo { Path = runtime.Path, RuntimeArgs = runtime.Arguments.Count > 0 ? runtime.Arguments : null };
        }

        return runtimes;
    }

    public static string Default(EngineOptions options, IReadOnlyDictionary<string, RuntimeInfo?> runtimes) =>
        options.DefaultRuntime ?? Known.FirstOrDefault(runtimes.ContainsKey) ?? "";

    private static string? FindOnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
            .Concat(["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"])
            .Select(directory => Path.Combine(directory, program))
            .FirstOrDefault(File.Exists);
}
