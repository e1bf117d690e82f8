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

    /// <summary>moby 28: daemon/unpause.go; it has no kind there.</summary>
    public static EngineException NotPaused(string id) => new(ErrorKind.System, $"Container {id} is not paused");

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
    public static EngineException RemoveOfRunning(string name, ContainerStatus status) => new(ErrorKind.Conflict, status == ContainerStatus.Paused
        ? $"cannot remove container \"/{name}\": container is paused and must be unpaused first"
        : $"cannot remove container \"/{name}\": container is {status.Word()}: stop the container before removing or force remove");

    /// <summary>moby 28: daemon/create.go.</summary>
    public static EngineException NoCommand() => new(ErrorKind.InvalidParameter, "no command specified");

    /// <summary>moby 28: daemon/create.go, and api/server/router/container/container_routes.go.</summary>
    public static EngineException NoConfig() => new(ErrorKind.InvalidParameter, "config cannot be empty in order to create a container");

    /// <summary>moby 28: api/server/router/container/container_routes.go, postContainersWait.</summary>
    public static EngineException InvalidCondition(string condition) => new(ErrorKind.InvalidParameter, $"invalid condition: \"{condition}\"");

    /// <summary>moby 28: daemon/rename.go.</summary>
    public static EngineException RenameNeedsNames() => new(ErrorKind.InvalidParameter, "Neither old nor new names may be empty");

    /// <summary>moby 28: daemon/rename.go.</summary>
    public static EngineException RenameToSameName() =>
        new(ErrorKind.InvalidParameter, "Renaming a container with the same name as its current name");

    /// <summary>moby 28: daemon/rename.go.</summary>
    public static EngineException RenameOfDead() => new(ErrorKind.Conflict, "Container is marked for removal and cannot be renamed");

    /// <summary>moby 28: daemon/rename.go wraps what the name's reservation says.</summary>
    public static EngineException CannotAllocateName(EngineException reason) =>
        new(reason.Kind, $"Error when allocating new name: {reason.Message}", reason);

    /// <summary>moby 28: api/server/router/container/container_routes.go, postContainersKill wraps every refusal.</summary>
    public static EngineException CannotKill(string nameOrId, EngineException reason) =>
        new(reason.Kind, $"cannot kill container: {nameOrId}: {reason.Message}", reason);

    /// <summary>moby 28: daemon/stop.go.</summary>
    public static EngineException CannotStop(string nameOrId, Exception reason) =>
        new(ErrorKind.System, $"cannot stop container: {nameOrId}: {reason.Message}", reason);

    /// <summary>moby 28: daemon/restart.go.</summary>
    public static EngineException CannotRestart(string nameOrId, EngineException reason) =>
        new(reason.Kind, $"Cannot restart container {nameOrId}: {reason.Message}", reason);

    /// <summary>moby 28: daemon/pause.go.</summary>
    public static EngineException CannotPause(string id, Exception reason) =>
        new(ErrorKind.System, $"cannot pause container {id}: {reason.Message}", reason);

    /// <summary>moby 28: daemon/unpause.go.</summary>
    public static EngineException CannotUnpause(string id, Exception reason) =>
        new(ErrorKind.System, $"Cannot unpause container {id}: {reason.Message}", reason);

    /// <summary>moby 28: daemon/kill.go, Kill.</summary>
    public static EngineException DoesNotDie() =>
        new(ErrorKind.System, "tried to kill container, but did not receive an exit event");

    /// <summary>moby 28: github.com/moby/sys/signal, ParseSignal.</summary>
    public static EngineException InvalidSignal(string signal) => new(ErrorKind.InvalidParameter, $"invalid signal: {signal}");

    /// <summary>moby 28: daemon/kill.go.</summary>
    public static EngineException UnsupportedSignal(int signal) =>
        new(ErrorKind.InvalidParameter, $"the linux daemon does not support signal {signal}");

    /// <summary>moby 28: daemon/runtime_unix.go.</summary>
    public static EngineException UnknownRuntime(string name) =>
        new(ErrorKind.InvalidParameter, $"unknown or invalid runtime name: {name}");

    /// <summary>moby 28: daemon/container_operations.go, getNetworkedContainer.</summary>
    public static EngineException JoinOfNotRunning(string id) =>
        new(ErrorKind.Conflict, $"cannot join network of a non running container: {id}");

    /// <summary>A container without a place of its own in the network cannot give one away.</summary>
    public static EngineException JoinOfSharing(string id) =>
        new(ErrorKind.InvalidParameter, $"cannot join network of a container that shares another container's network: {id}");

    /// <summary>moby 28: daemon/container_operations.go, getNetworkedContainer.</summary>
    public static EngineException JoinOfItself() => new(ErrorKind.InvalidParameter, "cannot join own network namespace");

    /// <summary>moby 28: daemon/errors.go, errRemovalContainer.</summary>
    public static EngineException ConnectOfRemoved(string id) => new(ErrorKind.Conflict,
        $"Container {id} is marked for removal and cannot be connected or disconnected to the network");

    /// <summary>moby 28: daemon/container_operations.go, DisconnectFromNetwork.</summary>
    public static EngineException NotConnected(string id, string network) =>
        new(ErrorKind.System, $"container {id} is not connected to the network {network}");

    /// <summary>A container's own name is no link that could be removed, and there are no others. moby 28: daemon/delete.go, rmLink.</summary>
    public static EngineException NoLink() => new(ErrorKind.System, "Conflict, cannot remove the default link name of the container");

    /// <summary>moby 28: daemon/create.go: an image for another platform than was asked for, or than this machine.</summary>
    public static string PlatformMismatch(string image, string host) =>
        $"The requested image's platform ({image}) does not match the detected host platform ({host}) and no specific platform was requested";
}
