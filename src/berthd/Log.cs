using System.Net;

namespace Berth.Daemon;

internal static partial class Log
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Berth {Version} starts in {DataRoot}")]
    public static partial void Starting(this ILogger logger, string version, string dataRoot);

    [LoggerMessage(Level = LogLevel.Information, Message = "API listen on {EndPoint}")]
    public static partial void Listening(this ILogger logger, EndPoint endPoint);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Scheme}://{EndPoint} takes every client, and every client is root on this machine: use --tlsverify")]
    public static partial void OpenToAll(this ILogger logger, string scheme, EndPoint endPoint);

    [LoggerMessage(Level = LogLevel.Information, Message = "The configuration was read again")]
    public static partial void Reloaded(this ILogger logger);

    [LoggerMessage(Level = LogLevel.Error, Message = "The configuration was not read again")]
    public static partial void NotReloaded(this ILogger logger, Exception exception);

    [LoggerMessage(Level = LogLevel.Information, Message = "Daemon shutdown complete")]
    public static partial void Stopped(this ILogger logger);
}
