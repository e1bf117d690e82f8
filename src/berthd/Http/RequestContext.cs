namespace Berth.Daemon.Http;

/// <summary>What a request knows of the daemon around it.</summary>
internal static class RequestContext
{
    public static ILogger Logger(this HttpContext context) =>
        context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger("Berth.Daemon.Http");

    /// <summary>A token for what may last for ever (events, logs, wait, attach): fires when the client goes and when the daemon ends.</summary>
    public static CancellationTokenSource EndsWithDaemon(this HttpContext context)
    {
        CancellationToken stopping = context.RequestServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        return CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
    }
}
