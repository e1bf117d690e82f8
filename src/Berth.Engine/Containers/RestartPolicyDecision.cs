using Berth.Api.Containers;

namespace Berth.Engine.Containers;

/// <summary>Whether a restart policy starts a container again. Pure.</summary>
internal static class RestartPolicyDecision
{
    /// <summary>After an exit. moby 28: daemon/internal/restartmanager/restartmanager.go, ShouldRestart.</summary>
    public static bool AfterExit(RestartPolicy? policy, int exitCode, int restartCount, bool manuallyStopped) => policy?.Name switch
    {
        _ when manuallyStopped => false,
        "always" or "unless-stopped" => true,
        "on-failure" => exitCode != 0 && (policy.MaximumRetryCount == 0 || restartCount < policy.MaximumRetryCount),
        _ => false,
    };

    /// <summary>
    /// When the daemon starts and finds the container stopped. <c>always</c> starts even what a user stopped; <c>on-failure</c> starts what went
    /// down while no daemon watched. moby 28: daemon/container.go, ShouldRestart.
    /// </summary>
    public static bool AtDaemonStart(RestartPolicy? policy, ContainerRunState state) => policy?.Name switch
    {
        _ when state.StartedAt is null => false,
        "always" => true,
        "unless-stopped" => !state.ManuallyStopped,
        "on-failure" => !state.ManuallyStopped && AfterExit(policy, state.ExitCode, state.RestartCount, manuallyStopped: false),
        _ => false,
    };
}
