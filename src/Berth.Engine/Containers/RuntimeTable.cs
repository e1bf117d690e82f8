using System.Collections.Frozen;

namespace Berth.Engine.Containers;

/// <summary>The OCI runtimes that containers can be created for, by name.</summary>
internal sealed class RuntimeTable
{
    private static readonly string[] BuiltIn = ["crun", "runc"];
    private static readonly string[] SearchPath =
        ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

    private readonly FrozenDictionary<string, RuntimeOption> _runtimes;

    private RuntimeTable(FrozenDictionary<string, RuntimeOption> runtimes, string defaultName)
    {
        _runtimes = runtimes;
        Default = defaultName;
    }

    public string Default { get; }

    public IReadOnlyDictionary<string, RuntimeOption> All => _runtimes;

    /// <summary>The operator's runtimes, and crun and runc where they are installed; the first of these is the default unless one is named.</summary>
    public static RuntimeTable Create(EngineOptions options)
    {
        var runtimes = new Dictionary<string, RuntimeOption>(StringComparer.Ordinal);
        foreach (string name in BuiltIn)
        {
            if (FindProgram(name) is { } path)
            {
                runtimes[name] = new RuntimeOption(path, []);
            }
        }

        string defaultName = options.DefaultRuntime ?? runtimes.Keys.FirstOrDefault() ?? BuiltIn[0];
        foreach ((string name, RuntimeOption runtime) in options.Runtimes)
        {
            runtimes[name] = runtime;
        }

        return new RuntimeTable(runtimes.ToFrozenDictionary(StringComparer.Ordinal), defaultName);
    }

    /// <param name="name">As the request has it; empty or containerd's name of the default shim stands for the default.</param>
    /// <returns>The name that a container is created with.</returns>
    /// <exception cref="EngineException">There is no runtime of that name.</exception>
    public string Resolve(string? name)
    {
        string resolved = name is null or "" or "io.containerd.runc.v2" ? Default : name;
        return _runtimes.ContainsKey(resolved) ? resolved : throw ContainerErrors.UnknownRuntime(resolved);
    }

    public RuntimeOption this[string name] =>
        _runtimes.TryGetValue(name, out RuntimeOption? runtime) ? runtime : throw ContainerErrors.UnknownRuntime(name);

    private static string? FindProgram(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Concat(SearchPath).Select(directory => Path.Combine(directory, name)).FirstOrDefault(File.Exists);
}
