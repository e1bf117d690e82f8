using System.Collections.Frozen;
using Berth.Runtime;
using Microsoft.Extensions.Logging;

namespace Berth.Engine.Containers;

/// <summary>The OCI runtimes that containers can be created for, by name: the operator's, and crun and runc where they are installed.</summary>
internal sealed class RuntimeTable
{
    /// <summary>containerd's name of its default shim, which clients may send. moby 28: daemon/runtime_unix.go.</summary>
    private const string DefaultShim = "io.containerd.runc.v2";

    private readonly FrozenDictionary<string, RuntimeOption> _runtimes;
    private readonly IReadOnlyList<RuntimeCandidate> _candidates;
    private readonly ILogger<RuntimeTable> _logger;
    private Task<string> _default;

    public RuntimeTable(EngineOptions options, ILogger<RuntimeTable> logger)
    {
        _logger = logger;
        _candidates = RuntimeSelection.FindInstalled();
        var runtimes = _candidates.ToDictionary(c => c.Name, c => new RuntimeOption(c.Path, c.Arguments), StringComparer.Ordinal);
        foreach ((string name, RuntimeOption runtime) in options.Runtimes)
        {
            runtimes[name] = runtime;
        }

        _runtimes = runtimes.ToFrozenDictionary(StringComparer.Ordinal);
        IsDefaultGiven = options.DefaultRuntime is not null;
        _default = Task.FromResult(options.DefaultRuntime ?? _candidates.Select(c => c.Name).FirstOrDefault() ?? RuntimeSelection.DefaultNames[0]);
    }

    public IReadOnlyDictionary<string, RuntimeOption> All => _runtimes;

    /// <summary>The default as far as it is known: the first one installed, until the choice is made.</summary>
    public string Default => _default.IsCompletedSuccessfully ? _default.Result : _candidates[0].Name;

    private bool IsDefaultGiven { get; }

    /// <summary>Unless the operator named a default: begins to try which of the installed runtimes works here. Nobody waits for it but the first create.</summary>
    public void BeginChoice(EnginePaths paths)
    {
        if (!IsDefaultGiven && _candidates.Count > 0)
        {
            _default = ChooseAsync(paths.ExecRoot);
        }
    }

    /// <param name="name">As the request has it; empty or containerd's name of the default shim stands for the default.</param>
    /// <returns>The name that a container is created with.</returns>
    /// <exception cref="EngineException">There is no runtime of that name.</exception>
    public async ValueTask<string> ResolveAsync(string? name)
    {
        string resolved = name is null or "" or DefaultShim ? await _default.ConfigureAwait(false) : name;
        return _runtimes.ContainsKey(resolved) ? resolved : throw ContainerErrors.UnknownRuntime(resolved);
    }

    /// <exception cref="EngineException">The operator took it out of the configuration.</exception>
    public RuntimeOption this[string name] =>
        _runtimes.TryGetValue(name, out RuntimeOption? runtime) ? runtime : throw ContainerErrors.UnknownRuntime(name);

    private async Task<string> ChooseAsync(string directory)
    {
        RuntimeChoice choice = await RuntimeSelection.ChooseAsync(_candidates, directory).ConfigureAwait(false);
        foreach ((RuntimeCandidate candidate, string reason) in choice.Refused)
        {
            Log.RuntimeRefused(_logger, candidate.Name, reason);
        }

        foreach (string controller in choice.MountedControllers)
        {
            Log.HierarchyMounted(_logger, controller);
        }

        return (choice.Chosen ?? _candidates[0]).Name;
    }
}
