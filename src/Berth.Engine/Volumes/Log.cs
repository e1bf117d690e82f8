using Microsoft.Extensions.Logging;

namespace Berth.Engine.Volumes;

internal static partial class Log
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Volume created: {Volume}")]
    public static partial void VolumeCreated(this ILogger logger, string volume);

    [LoggerMessage(Level = LogLevel.Information, Message = "Volume removed: {Volume}")]
    public static partial void VolumeRemoved(this ILogger logger, string volume);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Volume found on disk but not in the state database; it is kept: {Volume}")]
    public static partial void VolumeAdopted(this ILogger logger, string volume);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Volume cannot be unmounted: {Volume}")]
    public static partial void UnmountFailed(this ILogger logger, string volume, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Volume's remains cannot be removed: {Path}")]
    public static partial void RemovalFailed(this ILogger logger, string path, Exception exception);
}
