using Berth.Api;
using Berth.Engine;
using Berth.Engine.Daemon;
using Microsoft.AspNetCore.Connections;

namespace Berth.Daemon.Http;

/// <summary>What went wrong, as a status and <c>{"message": …}</c>. The only place where kinds become numbers.</summary>
internal static class ErrorMapping
{
    /// <summary>moby 28: api/server/httpstatus/status.go.</summary>
    public static int StatusOf(ErrorKind kind) => kind switch
    {
        ErrorKind.NotFound => StatusCodes.Status404NotFound,
        ErrorKind.InvalidParameter => StatusCodes.Status400BadRequest,
        ErrorKind.Conflict => StatusCodes.Status409Conflict,
        ErrorKind.Unauthorized => StatusCodes.Status401Unauthorized,
        ErrorKind.Forbidden => StatusCodes.Status403Forbidden,
        ErrorKind.NotModified => StatusCodes.Status304NotModified,
        ErrorKind.NotImplemented => StatusCodes.Status501NotImplemented,
        ErrorKind.Unavailable => StatusCodes.Status503ServiceUnavailable,
        _ => StatusCodes.Status500InternalServerError,
    };

    public static void UseErrorMapping(this IApplicationBuilder app) => app.Use(async (context, next) =>
    {
        try
        {
            await next(context);
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            context.Logger().ClientGone(context.Request.Method, context.Request.Path);
            return;
        }
        catch (Exception e) when (context.Response.HasStarted)
        {
            // The status is out; all that is left is to break off, so that nobody takes the answer for whole.
            context.Logger().BrokenOff(context.Request.Method, context.Request.Path, e);
            context.Abort();
            return;
        }
        catch (EngineException e)
        {
            await AnswerAsync(context, StatusOf(e.Kind), e.Message, e);
            return;
        }
        catch (BadHttpRequestException e)
        {
            await AnswerAsync(context, e.StatusCode, e.Message, e);
            return;
        }
        catch (ConnectionResetException)
        {
            context.Logger().ClientGone(context.Request.Method, context.Request.Path);
            return;
        }
        catch (Exception e)
        {
            await AnswerAsync(context, StatusCodes.Status500InternalServerError, FailureText.Of(e), e);
            return;
        }

        // Routing's own answers to an unknown path and to a known one with the wrong verb are one to dockerd.
        if (context.Response.StatusCode is StatusCodes.Status404NotFound or StatusCodes.Status405MethodNotAllowed && !context.Response.HasStarted)
        {
            context.Response.Headers.Remove("Allow");
            await AnswerAsync(context, StatusCodes.Status404NotFound, "page not found", null);
        }
    });

    private static async Task AnswerAsync(HttpContext context, int status, string message, Exception? cause)
    {
        if (status >= StatusCodes.Status500InternalServerError)
        {
            context.Logger().RequestFailed(context.Request.Method, context.Request.Path, cause);
        }

        HttpResponse response = context.Response;
        response.StatusCode = status;
        response.Headers.ContentLength = null;
        if (status != StatusCodes.Status304NotModified)
        {
            await response.WriteJsonAsync(new ErrorResponse { Message = message }, ApiJson.Wire.ErrorResponse, status);
        }
    }
}
