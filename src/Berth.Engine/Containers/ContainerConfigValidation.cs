using Berth.Api.Containers;

namespace Berth.Engine.Containers;

/// <summary>Refuses what a container's config cannot mean, in Docker's sentences. moby 28: daemon/container.go, validateContainerConfig.</summary>
internal static class ContainerConfigValidation
{
    private const long MinimumNanoseconds = 1_000_000;

    /// <returns>The config with its working directory made canonical.</returns>
    public static ContainerConfig Validate(ContainerConfig config)
    {
        if (!string.IsNullOrEmpty(config.StopSignal))
        {
            Signals.Parse(config.StopSignal);
        }

        foreach (string variable in config.Env ?? [])
        {
            if (variable.Length == 0 || variable[0] == '=')
            {
                throw Invalid($"invalid environment variable: {variable}");
            }
        }

        Validate(config.Healthcheck);
        return config with { WorkingDir = CleanWorkingDirectory(config.WorkingDir) };
    }

    private static void Validate(HealthConfig? health)
    {
        if (health is null)
        {
            return;
        }

        CheckTime("Interval", health.Interval);
        CheckTime("Timeout", health.Timeout);
        if (health.Retries < 0)
        {
            throw Invalid("Retries in Healthcheck cannot be negative");
        }

        CheckTime("StartPeriod", health.StartPeriod);
        CheckTime("StartInterval", health.StartInterval);
    }

    private static void CheckTime(string name, long nanoseconds)
    {
        if (nanoseconds != 0 && nanoseconds < MinimumNanoseconds)
        {
            throw Invalid($"{name} in Healthcheck cannot be less than 1ms");
        }
    }

    private static string CleanWorkingDirectory(string directory)
    {
        if (directory.Length == 0)
        {
            return directory;
        }

        if (directory[0] != '/')
        {
            throw Invalid($"the working directory '{directory}' is invalid, it needs to be an absolute path");
        }

        string full = Path.GetFullPath(directory);
        return full.Length > 1 ? full.TrimEnd('/') : full;
    }

    private static EngineException Invalid(string sentence) => new(ErrorKind.InvalidParameter, sentence);
}
