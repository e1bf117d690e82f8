using Berth.Api.Containers;

namespace Berth.Engine.Containers;

/// <summary>How a container's health is checked, defaults filled in. Source: moby 28, daemon/health.go.</summary>
internal sealed record HealthProbe
{
    private static readonly TimeSpan DefaultInterval = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan DefaultStartInterval = TimeSpan.FromSeconds(5);
    private const int DefaultRetries = 3;

    public required IReadOnlyList<string> Command { get; init; }
    public required TimeSpan Interval { get; init; }
    public required TimeSpan Timeout { get; init; }

    /// <summary>While the container is this young and never was healthy, failures do not count.</summary>
    public required TimeSpan StartPeriod { get; init; }

    /// <summary>Time between checks in the start period.</summary>
    public required TimeSpan StartInterval { get; init; }

    /// <summary>Failures in a row that make it unhealthy.</summary>
    public required long Retries { get; init; }

    /// <returns>Null where the container has no health check.</returns>
    public static HealthProbe? Of(ContainerConfig config)
    {
        if (config.Healthcheck is not { Test: [var kind, ..] test } health)
        {
            return null;
        }

        IReadOnlyList<string>? command = kind switch
        {
            "CMD" => [.. test.Skip(1)],
            "CMD-SHELL" => [.. config.Shell is { Count: > 0 } shell ? shell : ["/bin/sh", "-c"], .. test.Skip(1)],
            _ => null,
        };
        return command is not { Count: > 0 } ? null : new HealthProbe
        {
            Command = command,
            Interval = OrDefault(health.Interval, DefaultInterval),
            Timeout = OrDefault(health.Timeout, DefaultTimeout),
            StartPeriod = OrDefault(health.StartPeriod, TimeSpan.Zero),
            StartInterval = OrDefault(health.StartInterval, DefaultStartInterval),
            Retries = health.Retries > 0 ? health.Retries : DefaultRetries,
        };
    }

    /// <summary>Time until the next check.</summary>
    /// <param name="age">Since the container was started.</param>
    public TimeSpan NextIn(TimeSpan age, string status) => age < StartPeriod && status == HealthStatus.Starting ? StartInterval : Interval;

    /// <summary>What the health is after a further check.</summary>
    /// <param name="age">Of the container when the check began.</param>
    public Health After(Health before, HealthcheckResult result, TimeSpan age)
    {
        IReadOnlyList<HealthcheckResult> log = [.. (before.Log ?? []).TakeLast(HealthStatus.LogEntries - 1), result];
        if (result.ExitCode == 0)
        {
            return new Health { Status = HealthStatus.Healthy, FailingStreak = 0, Log = log };
        }

        bool counts = before.Status != HealthStatus.Starting || age >= StartPeriod;
        long streak = counts ? before.FailingStreak + 1 : before.FailingStreak;
        return new Health { Status = counts && streak >= Retries ? HealthStatus.Unhealthy : before.Status, FailingStreak = streak, Log = log };
    }

    private static TimeSpan OrDefault(long nanoseconds, TimeSpan otherwise) => nanoseconds == 0 ? otherwise : TimeSpan.FromTicks(nanoseconds / 100);
}
