using System.Globalization;

namespace Berth.Engine.Containers;

/// <summary>A container's state as <c>docker ps</c> shows it. moby 28: container/state.go, String.</summary>
internal static class ContainerStatusText
{
    public static string Of(ContainerRunState state, DateTimeOffset now) => state.Status switch
    {
        ContainerStatus.Paused => $"Up {Since(state.StartedAt, now)} (Paused)",
        ContainerStatus.Restarting => string.Create(CultureInfo.InvariantCulture, $"Restarting ({state.ExitCode}) {Since(state.FinishedAt, now)} ago"),
        ContainerStatus.Running => $"Up {Since(state.StartedAt, now)}{HealthOf(state)}",
        ContainerStatus.Removing => "Removal In Progress",
        ContainerStatus.Dead => "Dead",
        ContainerStatus.Created => "Created",
        _ => string.Create(CultureInfo.InvariantCulture, $"Exited ({state.ExitCode}) {Since(state.FinishedAt, now)} ago"),
    };

    private static string Since(DateTimeOffset? time, DateTimeOffset now) => HumanDuration.Of(now - (time ?? now));

    private static string HealthOf(ContainerRunState state) => state.Health?.Status switch
    {
        null or "" or "none" => "",
        "starting" => " (health: starting)",
        { } status => $" ({status})",
    };
}
