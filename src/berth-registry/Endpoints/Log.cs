namespace Berth.Registry.Endpoints;

internal static partial class Log
{
    public static void ClientGone(this ILogger log, HttpRequest request, Exception exception)
    {
        if (log.IsEnabled(LogLevel.Debug))
        {
            log.ClientGone(request.Method, request.Path.Value, exception);
        }
    }

    public static void RequestFailed(this ILogger log, HttpRequest request, Exception exception)
    {
        if (log.IsEnabled(LogLevel.Error))
        {
            log.RequestFailed(request.Method, request.Path.Value, exception);
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Method} {Path}: the client is gone")]
    private static partial void ClientGone(this ILogger log, string method, string? path, Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Path} failed")]
    private static partial void RequestFailed(this ILogger log, string method, string? path, Exception exception);
}
