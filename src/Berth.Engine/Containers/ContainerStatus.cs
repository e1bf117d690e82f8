namespace Berth.Engine.Containers;

/// <summary>Where a container stands. moby 28: container/state.go, StateString.</summary>
internal enum ContainerStatus
{
    Created,
    Running,
    Paused,

    /// <summary>Exited, and waiting for its restart policy to start it again.</summary>
    Restarting,

    /// <summary>A removal has begun and nothing but its end may follow.</summary>
    Removing,
    Exited,

    /// <summary>A removal failed half way; only another removal may follow.</summary>
    Dead,
}

internal static class ContainerStatusWords
{
    /// <summary>The word of the Engine API: <c>running</c>, <c>exited</c>, …</summary>
    public static string Word(this ContainerStatus status) => status switch
    {
        ContainerStatus.Created => "created",
        ContainerStatus.Running => "running",
        ContainerStatus.Paused => "paused",
        ContainerStatus.Restarting => "restarting",
        ContainerStatus.Removing => "removing",
        ContainerStatus.Exited => "exited",
        _ => "dead",
    };
}
