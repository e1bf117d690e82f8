namespace Berth.Engine.Containers;

/// <summary>Why streams and processes of a container are not to be had. moby 28: daemon/attach.go, exec.go, resize.go, logs.go, errors.go.</summary>
internal static class StreamErrors
{
    public static EngineException AttachToPaused(string name) => Conflict($"container {name} is paused, unpause the container before attach");

    public static EngineException AttachToRestarting(string name) => Conflict($"container {name} is restarting, wait until the container is running");

    public static EngineException ExecInPaused(string name) => Conflict($"Container {name} is paused, unpause the container before exec");

    public static EngineException NoSuchExec(string id) => new(ErrorKind.NotFound, $"No such exec instance: {id}");

    public static EngineException ExecRunning(string id) => Conflict($"Error: Exec command {id} is already running");

    public static EngineException ExecHasRun(string id) => Conflict($"Error: Exec command {id} has already run");

    public static EngineException NoExecCommand() => new(ErrorKind.InvalidParameter, "No exec command specified");

    public static EngineException ExecNotStarted() => new(ErrorKind.InvalidParameter, "exec process is not started");

    public static EngineException ExecNotReady() => new(ErrorKind.System, "timeout waiting for exec session ready");

    public static EngineException InvalidEscapeKeys(string keys) => new(ErrorKind.InvalidParameter, $"Invalid escape keys ({keys}) provided");

    public static EngineException LogsOfDead() => Conflict("can not get logs from container which is dead or marked for removal");

    public static EngineException LogsNotReadable() => new(ErrorKind.NotImplemented, "configured logging driver does not support reading");

    public static EngineException NoStreamChosen() => new(ErrorKind.InvalidParameter, "You must choose at least one stream");

    public static EngineException TopNotAllowed(string name, string value) => new(ErrorKind.InvalidParameter, $"specifying \"{name}={value}\" is not allowed");

    public static EngineException TopFailed(string reason) => new(ErrorKind.System, $"ps: {reason}");

    public static EngineException TopWithoutPid() => new(ErrorKind.System, "Couldn't find PID field in ps output");

    public static EngineException TopUnexpectedPid(string text) => new(ErrorKind.System, $"Unexpected pid '{text}': strconv.Atoi: parsing \"{text}\": invalid syntax");

    public static EngineException CommitOfDead(string id) => Conflict($"You cannot commit container {id} which is Dead");

    public static EngineException CommitOfRemoving(string id) => Conflict($"You cannot commit container {id} which is being removed");

    private static EngineException Conflict(string message) => new(ErrorKind.Conflict, message);
}
