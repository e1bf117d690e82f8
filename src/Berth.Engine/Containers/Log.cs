using Microsoft.Extensions.Logging;

namespace Berth.Engine.Containers;

internal static partial class Log
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Container created: {ContainerId} ({Name}) from {Image}")]
    public static partial void Created(ILogger logger, string containerId, string name, string image);

    [LoggerMessage(Level = LogLevel.Information, Message = "Container started: {ContainerId}, process {Pid}")]
    public static partial void Started(ILogger logger, string containerId, int pid);

    [LoggerMessage(Level = LogLevel.Information, Message = "Container not started: {ContainerId}")]
    public static partial void StartFailed(ILogger logger, string containerId, Exception exception);

    [LoggerMessage(Level = LogLevel.Information, Message = "Container exited: {ContainerId}, code {ExitCode}")]
    public static partial void Exited(ILogger logger, string containerId, int exitCode);

    [LoggerMessage(Level = LogLevel.Information, Message = "Container removed: {ContainerId}")]
    public static partial void Removed(ILogger logger, string containerId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Container not restarted by its policy: {ContainerId}: {Reason}")]
    public static partial void RestartFailed(ILogger logger, string containerId, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Container's {What} not released: {ContainerId}")]
    public static partial void NotReleased(ILogger logger, string containerId, string what, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Container's files not deleted: {ContainerId}")]
    public static partial void FilesLeft(ILogger logger, string containerId, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Container's anonymous volumes not removed: {ContainerId}")]
    public static partial void VolumesLeft(ILogger logger, string containerId, Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "Container's exit not recorded: {ContainerId}")]
    public static partial void ExitNotRecorded(ILogger logger, string containerId, Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "Container's state not saved: {ContainerId}")]
    public static partial void StateNotSaved(ILogger logger, string containerId, Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "Container not removed with its exit: {ContainerId}")]
    public static partial void NotRemoved(ILogger logger, string containerId, Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "Container's shim is lost: {ContainerId}")]
    public static partial void ExitUnknown(ILogger logger, string containerId, Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "Container's document cannot be read, it is left as it is: {ContainerId}")]
    public static partial void Unreadable(ILogger logger, string containerId, Exception exception);

    [LoggerMessage(Level = LogLevel.Information, Message = "Containers restored: {Count}, running {Running}, died meanwhile {Died}, to be started {Started}")]
    public static partial void Restored(ILogger logger, int count, int running, int died, int started);

    [LoggerMessage(Level = LogLevel.Information, Message = "Leftover removed: {What} of {ContainerId}")]
    public static partial void LeftoverRemoved(ILogger logger, string what, string containerId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Leftover not removed: {What} of {ContainerId}")]
    public static partial void LeftoverKept(ILogger logger, string what, string containerId, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Runtime does not work on this host: {Runtime}: {Reason}")]
    public static partial void RuntimeRefused(ILogger logger, string runtime, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Hierarchy of cgroup version 1 mounted: {Controller}")]
    public static partial void HierarchyMounted(ILogger logger, string controller);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Container is busy while the daemon ends: {ContainerId}")]
    public static partial void StillBusy(ILogger logger, string containerId);

    [LoggerMessage(Level = LogLevel.Information, Message = "Container's health: {ContainerId} is {Status}")]
    public static partial void HealthChanged(ILogger logger, string containerId, string status);

    [LoggerMessage(Level = LogLevel.Error, Message = "Container's health is not checked any more: {ContainerId}")]
    public static partial void HealthNotChecked(ILogger logger, string containerId, Exception exception);
}
