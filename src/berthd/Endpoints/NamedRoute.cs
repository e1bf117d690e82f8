using Berth.Daemon.Http;

namespace Berth.Daemon.Endpoints;

/// <summary>Routes below a name that may have slashes in it: <c>/images/registry:5000/team/app/json</c>.</summary>
internal static class NamedRoute
{
    public delegate Task Handler(HttpContext context, string name);

    /// <summary>Chooses by the end of the path; what is before it is the name. The empty end takes everything.</summary>
    public static RequestDelegate Dispatch(params (string Suffix, Handler Handler)[] handlers) => context =>
    {
        string path = context.Route("path");
        foreach ((string suffix, Handler handler) in handlers)
        {
            if (path.EndsWith(suffix, StringComparison.Ordinal) && path.Length > suffix.Length)
            {
                return handler(context, path[..^suffix.Length]);
            }
        }

        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    };
}
