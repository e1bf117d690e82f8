namespace Berth.Engine.Containers;

/// <summary>Every sentence about containers that a user can read. Source, where not said otherwise: moby 28, daemon/errors.go.</summary>
internal static class ContainerErrors
{
    public static EngineException NoSuchContainer(string nameOrId) => new(ErrorKind.NotFound, $"No such container: {nameOrId}");

    /// <summary>moby 28: daemon/container.go, GetContainer.</summary>
    public static EngineException NoNameSupplied() => new(ErrorKind.InvalidParameter, "No container name or ID supplied");

    /// <summary>moby 28: container/view.go, GetByPrefix.</summary>
    public static EngineException AmbiguousPrefix(string prefix) =>
        new(ErrorKind.InvalidParameter, $"multiple IDs found with provided prefix: {prefix}");

    public static EngineException NameInUse(string name, string owner) => new(ErrorKind.Conflict,
        $"Conflict. The container name \"/{name}\" is already in use by container \"{owner}\". "
        + "You have to remove (or rename) that container to be able to reuse that name.");

    /// <summary>moby 28: daemon/names.go.</summary>
    public static EngineException InvalidName(string name) =>
        new(ErrorKind.InvalidParameter, $"Invalid container name ({name}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed");

    public static EngineException NotRunning(string id) => new(ErrorKind.Conflict, $"container {id} is not running");

    public static EngineException Restarting(string id) =>
        new(ErrorKind.Conflict, $"Container {id} is restarting, wait until the container is running");

    public static EngineException AlreadyPaused(string id) => new(ErrorKind.Conflict, $"Container {id} is already paused");

    /// <summary>moby 28: daemon/unpause.go.</summary>
    public static EngineException NotPaused(string id) => new(ErrorKind.Conflict, $"Container {id} is not paused");

    public static EngineException AlreadyStarted() => new(ErrorKind.NotModified, "Container is already started");

    public static EngineException AlreadyStopped() => new(ErrorKind.NotModified, "Container is already stopped");

    /// <summary>moby 28: daemon/start.go, validateState.</summary>
    public static EngineException StartOfPaused() => new(ErrorKind.Conflict, "cannot start a paused container, try unpause instead");

    /// <summary>moby 28: daemon/start.go, validateState.</summary>
    public static EngineException MarkedForRemoval() =>
        new(ErrorKind.Conflict, "container is marked for removal and cannot be started");

    /// <summary>moby 28: daemon/delete.go.</summary>
    public static EngineException RemovalInProgress(string nameOrId) =>
        new(ErrorKind.Conflict, $"removal of container {nameOrId} is already in progress");

    /// <summary>moby 28: daemon/delete.go, cleanupContainer.</summary>
    public static EngineException RemoveOfRunning(string nameOrId, ContainerStatus status) => new(ErrorKind.Conflict, status == ContainerStatus.Paused
        ? $"cannot remove container \"{nameOrId}\": container is paused and must be unpaused first"
        : $"cannot remove container \"{nameOrId}\": container is {status.Word()}: stop the container before removing or force remove");

    /// <summary>moby 28: daemon/create.go.</summary>
    public static EngineException NoCommand() => new(ErrorKind.InvalidParameter, "no command specified");

    /// <summary>moby 28: daemon/create.go, and api/server/router/container/container_routes.go.</summary>
    public static EngineException NoConfig() => new(ErrorKind.InvalidParameter, "config cannot be empty in order to create a container");

    /// <summary>moby 28: api/server/router/container/container_routes.go, postContainersWait.</summary>
    public static EngineException InvalidCondition(string condition) => new(ErrorKind.InvalidParameter, $"invalid condition: \"{condition}\"");
}
