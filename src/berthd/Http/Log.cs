namespace Berth.Daemon.Http;

internal static partial class Log
{
    [LoggerMessage(Level = LogLevel.Debug, Message = "The client of {Method} {Path} is gone")]
    public static partial void ClientGone(this ILogger logger, string method, PathString path);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Path} failed after its answer had begun")]
    public static partial void BrokenOff(this ILogger logger, string method, PathString path, Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Path} failed")]
    public static partial void RequestFailed(this ILogger logger, string method, PathString path, Exception? exception);

    [LoggerMessage(Level = LogLevel.Debug, Message = "The stream of {Path} ended")]
    public static partial void HijackEnded(this ILogger logger, PathString path, Exception exception);
}
