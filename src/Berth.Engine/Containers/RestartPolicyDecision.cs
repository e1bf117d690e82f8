using Berth.Api.Containers;

namespace Berth.Engine.Containers;

/// <summary>Whether a restart policy starts a container again. Pure.</summary>
internal static class RestartPolicyDecision
{
    public static bool HasPolicy(RestartPolicy? policy) => policy?.Name is not (null or "" or "no");

    /// <summary>After an exit. moby 28: daemon/internal/restartmanager/restartmanager.go, ShouldRestart.</summary>
    public static bool AfterExit(RestartPolicy? policy, int exitCode, int restartCount, bool manuallyStopped) => policy?.Name switch
    {
        _ when manuallyStopped => false,
        "always" or "unless-stopped" => true,
        "on-failure" => exitCode != 0 && (policy.MaximumRetryCount == 0 || restartCount < policy.MaximumRetryCount),
        _ => false,
    };

    /// <summary>
    /// When the daemon starts and the container does not run. <c>always</c> starts even what a user stopped, <c>on-failure</c> only what failed
    /// while no daemon watched, or was about to be restarted. moby 28: daemon/daemon.go, restore; container/container.go, ShouldRestart.
    /// </summary>
    /// <param name="unattended">It ran when the last daemon ended.</param>
    public static bool AtDaemonStart(RestartPolicy? policy, ContainerRunState state, bool unattended) => policy?.Name switch
    {
        _ when state.StartedAt is null || state.Status is ContainerStatus.Removing or ContainerStatus.Dead => false,
        "always" => true,
        "unless-stopped" => !state.ManuallyStopped,
        "on-failure" => (unattended || state.Status == ContainerStatus.Restarting)
            && AfterExit(policy, state.ExitCode, state.RestartCount, state.ManuallyStopped),
        _ => false,
    };
}
