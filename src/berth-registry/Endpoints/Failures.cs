using System.Text.Json;
using Berth.Linux;
using Microsoft.AspNetCore.Connections;

namespace Berth.Registry.Endpoints;

/// <summary>What went wrong, as the protocol says it; the only place that does.</summary>
internal static class Failures
{
    public static async Task WriteAsync(HttpContext http, Exception exception, ILogger log)
    {
        if (http.RequestAborted.IsCancellationRequested || exception is OperationCanceledException or BadHttpRequestException { StatusCode: 400 } or ConnectionAbortedException)
        {
            log.ClientGone(http.Request, exception);
            http.Abort();
            return;
        }

        (RegistryFault fault, string? detail) = exception switch
        {
            RegistryFailure failure => (failure.Fault, failure.Detail),
            BadHttpRequestException bad => (RegistryErrors.SizeInvalid with { Status = bad.StatusCode }, bad.Message),
            _ when DiskFull.IsCauseOf(exception) => (RegistryErrors.DiskFull, null),
            _ => (RegistryErrors.Unknown, null),
        };
        if (fault == RegistryErrors.Unknown || fault == RegistryErrors.DiskFull)
        {
            log.RequestFailed(http.Request, exception);
        }

        if (http.Response.HasStarted)
        {
            // Too late to say it: a body that ends early must not look whole.
            http.Abort();
            return;
        }

        byte[] body = JsonSerializer.SerializeToUtf8Bytes(ErrorBody.Of(fault, detail), RegistryJson.Default.ErrorBody);
        http.Response.StatusCode = fault.Status;
        http.Response.ContentType = "application/json";
        http.Response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(http.Request.Method))
        {
            await http.Response.Body.WriteAsync(body, http.RequestAborted).ConfigureAwait(false);
        }
    }
}
