using System.Text.Json;
using Berth.Api;
using Berth.Api.Daemon;

namespace Berth.Engine.Daemon;

public sealed partial class SystemService
{
    /// <summary>Answer of <c>GET /version</c>.</summary>
    public SystemVersion Version()
    {
        string kernel = _host.Value.KernelVersion;
        return new SystemVersion
        {
            Platform = new SystemVersionPlatform { Name = "Berth" },
            Components = [EngineComponent(kernel), .. RuntimeComponent()],
            Version = EngineVersion.Version,
            ApiVersion = Api.ApiVersion.Current.ToString(),
            MinAPIVersion = Api.ApiVersion.Minimum.ToString(),
            GitCommit = EngineVersion.GitCommit,
            GoVersion = EngineVersion.Platform,
            Os = "linux",
            Arch = EngineVersion.Architecture,
            KernelVersion = kernel,
            BuildTime = EngineVersion.BuildTime,
        };
    }

    private static SystemVersionComponents EngineComponent(string kernel) => Component("Engine", EngineVersion.Version, new Dictionary<string, string>
    {
        ["ApiVersion"] = Api.ApiVersion.Current.ToString(),
        ["Arch"] = EngineVersion.Architecture,
        ["BuildTime"] = EngineVersion.BuildTime,
        ["Experimental"] = "false",
        ["GitCommit"] = EngineVersion.GitCommit,
        ["GoVersion"] = EngineVersion.Platform,
        ["KernelVersion"] = kernel,
        ["MinAPIVersion"] = Api.ApiVersion.Minimum.ToString(),
        ["Os"] = "linux",
    });

    private IEnumerable<SystemVersionComponents> RuntimeComponent()
    {
        if (_runtimeVersion.Value is { } runtime)
        {
            yield return Component(_runtimes.Default, runtime.Version, new Dictionary<string, string> { ["GitCommit"] = runtime.Commit });
        }
    }

    private static SystemVersionComponents Component(string name, string version, IReadOnlyDictionary<string, string> details) => new()
    {
        Name = name,
        Version = version,
        Details = JsonSerializer.SerializeToElement(details, ApiJson.Wire.IReadOnlyDictionaryStringString),
    };
}
