using Berth.Engine.Containers;
using Berth.Engine.Containers.Security;
using Berth.Runtime;

namespace Berth.Engine.Daemon;

/// <summary>What of the options can only be checked with the host before one's eyes: better told when the daemon starts than at the first container.</summary>
/// <remarks>moby 28: daemon/config/config_linux.go, ValidatePlatformConfig; daemon/logs.go, setupDefaultLogConfig; daemon/seccomp_linux.go.</remarks>
public static class EngineOptionsCheck
{
    /// <exception cref="EngineException">The first that cannot be.</exception>
    public static void Run(EngineOptions options)
    {
        if (options.DefaultRuntime is { } runtime && !options.Runtimes.ContainsKey(runtime) && RuntimeSelection.FindInstalled().All(c => c.Name != runtime))
        {
            throw new EngineException(ErrorKind.InvalidParameter, $"specified default runtime '{runtime}' does not exist");
        }

        if (options.DefaultUlimits.Keys.FirstOrDefault(name => !ResourceLimits.Names.Contains(name.ToLowerInvariant())) is { } ulimit)
        {
            throw HostConfigErrors.UnknownUlimit(ulimit);
        }

        CheckLog(options);
        if (options.SeccompProfile is not (null or SecurityOptions.Unconfined))
        {
            SeccompProfile.Parse(SeccompProfile.Read(options.SeccompProfile));
        }
    }

    private static void CheckLog(EngineOptions options)
    {
        try
        {
            LogOptions.Validate(null, options);
        }
        catch (EngineException e)
        {
            throw new EngineException(ErrorKind.InvalidParameter, $"failed to set log opts: {e.Message}", e);
        }
    }
}
