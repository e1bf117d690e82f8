namespace Berth.Engine.Containers;

/// <summary>What may be asked of a container.</summary>
internal enum ContainerVerb
{
    Start,
    Stop,
    Kill,
    Pause,
    Unpause,
    Remove,
    Connect,
}

/// <summary>The state machine: which verb is refused where a container stands, and in which words.</summary>
/// <remarks>Sources: moby 28, daemon/start.go, stop.go, kill.go, pause.go, unpause.go, delete.go, container_operations.go.</remarks>
internal static class ContainerTransitions
{
    /// <summary>Throws the refusal, if there is one.</summary>
    public static void Check(ContainerVerb verb, Container container)
    {
        if (Refusal(verb, container.State.Status, container.Id, container.Name) is { } refusal)
        {
            throw refusal;
        }
    }

    /// <returns>Null where the verb is allowed.</returns>
    public static EngineException? Refusal(ContainerVerb verb, ContainerStatus status, string id, string name) => (verb, status) switch
    {
        (ContainerVerb.Start, ContainerStatus.Running or ContainerStatus.Restarting) => ContainerErrors.AlreadyStarted(),
        (ContainerVerb.Start, ContainerStatus.Paused) => ContainerErrors.StartOfPaused(),
        (ContainerVerb.Start, ContainerStatus.Removing or ContainerStatus.Dead) => ContainerErrors.MarkedForRemoval(),

        (ContainerVerb.Stop, not (ContainerStatus.Running or ContainerStatus.Paused or ContainerStatus.Restarting)) =>
            ContainerErrors.AlreadyStopped(),

        (ContainerVerb.Kill, not (ContainerStatus.Running or ContainerStatus.Paused or ContainerStatus.Restarting)) =>
            ContainerErrors.NotRunning(id),

        (ContainerVerb.Pause, ContainerStatus.Paused) => ContainerErrors.AlreadyPaused(id),
        (ContainerVerb.Pause, ContainerStatus.Restarting) => ContainerErrors.Restarting(id),
        (ContainerVerb.Pause, not ContainerStatus.Running) => ContainerErrors.NotRunning(id),

        (ContainerVerb.Unpause, not ContainerStatus.Paused) => ContainerErrors.NotPaused(id),

        (ContainerVerb.Remove, ContainerStatus.Running or ContainerStatus.Paused or ContainerStatus.Restarting) =>
            ContainerErrors.RemoveOfRunning(name, status),
        (ContainerVerb.Remove, ContainerStatus.Removing) => ContainerErrors.RemovalInProgress(name),

        (ContainerVerb.Connect, ContainerStatus.Removing or ContainerStatus.Dead) => ContainerErrors.ConnectOfRemoved(id),

        _ => null,
    };
}
