using Berth.Api.Containers;
using Berth.Engine.Networks;

namespace Berth.Engine.Containers;

/// <summary>What is: the part of a container that changes with every start, stop and exit. Replaced whole, under the container's lock.</summary>
internal sealed record ContainerRunState
{
    public ContainerStatus Status { get; init; }

    /// <summary>The first process's id on the host; 0 while there is none.</summary>
    public int Pid { get; init; }

    public int ExitCode { get; init; }

    /// <summary>Why the last start failed; empty after one that worked.</summary>
    public string Error { get; init; } = "";

    public bool OutOfMemory { get; init; }

    /// <summary>Null before the first start.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>Null before the first exit.</summary>
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>Restarts by the policy since the user's last start.</summary>
    public int RestartCount { get; init; }

    /// <summary>Whether a user stopped it, so that <c>unless-stopped</c> leaves it alone.</summary>
    public bool ManuallyStopped { get; init; }

    /// <summary>The container's place in the network while it runs.</summary>
    public Sandbox? Sandbox { get; init; }

    /// <summary>What the health checks found; null without one.</summary>
    public Health? Health { get; init; }

    /// <summary>Whether a process exists: running or frozen.</summary>
    public bool HasProcess => Status is ContainerStatus.Running or ContainerStatus.Paused;

    /// <summary>What the Engine API calls running: a container between two restarts counts too. moby 28: container/state.go, SetRestarting.</summary>
    public bool CountsAsRunning => HasProcess || Status == ContainerStatus.Restarting;
}
