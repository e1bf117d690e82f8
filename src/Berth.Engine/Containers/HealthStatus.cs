using Berth.Api.Containers;

namespace Berth.Engine.Containers;

/// <summary>The words for a container's health. Source: moby 28, api/types/container/health.go.</summary>
internal static class HealthStatus
{
    public const string Starting = "starting";
    public const string Healthy = "healthy";
    public const string Unhealthy = "unhealthy";

    /// <summary>Results that are kept. Source: moby 28, daemon/health.go, maxLogEntries.</summary>
    public const int LogEntries = 5;

    /// <summary>Of a container that has just been started; null without a health check.</summary>
    public static Health? AtStart(ContainerConfig config) =>
        HealthProbe.Of(config) is null ? null : new Health { Status = Starting, FailingStreak = 0, Log = [] };

    /// <summary>Of one that has exited: nobody checks it any more. Source: moby 28, container/health.go, CloseMonitorChannel.</summary>
    public static Health? AtExit(Health? last) => last is null ? null : last with { Status = Unhealthy };
}
