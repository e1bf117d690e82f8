using Berth.Api;
using Berth.Api.Daemon;
using Berth.Api.Images;
using Berth.Daemon.Http;
using Berth.Engine;
using Berth.Engine.Daemon;

namespace Berth.Daemon.Endpoints;

/// <summary>The daemon itself: <c>/_ping</c>, <c>/version</c>, <c>/info</c>, <c>/auth</c>.</summary>
internal sealed class SystemEndpoints(SystemService system)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/_ping", PingAsync);
        routes.MapMethods("/_ping", ["HEAD"], PingAsync);
        routes.MapMethods("/{**path}", ["OPTIONS"], static context => Task.CompletedTask);
        routes.MapGet("/version", VersionAsync);
        routes.MapGet("/info", InfoAsync);
        routes.MapPost("/auth", AuthenticateAsync);
    }

    private static Task PingAsync(HttpContext context)
    {
        HttpResponse response = context.Response;
        response.Headers.CacheControl = "no-cache, no-store, must-revalidate";
        response.Headers.Pragma = "no-cache";
        response.Headers["Builder-Version"] = "1"; // the classic builder: clients send the context, not a BuildKit session
        response.Headers["Swarm"] = "inactive";
        response.ContentType = "text/plain; charset=utf-8";
        if (HttpMethods.IsHead(context.Request.Method))
        {
            response.ContentLength = 0;
            return Task.CompletedTask;
        }

        response.ContentLength = 2;
        return response.Body.WriteAsync("OK"u8.ToArray(), 0, 2, context.RequestAborted);
    }

    private Task VersionAsync(HttpContext context) => context.Response.WriteJsonAsync(system.Version(), ApiJson.Wire.SystemVersion);

    private async Task InfoAsync(HttpContext context)
    {
        SystemInfo info = await system.InfoAsync(context.RequestAborted);
        await context.Response.WriteJsonAsync(Older.Info(info, context.ApiVersion()), ApiJson.Wire.SystemInfo);
    }

    private async Task AuthenticateAsync(HttpContext context)
    {
        AuthConfig credentials = await context.Request.ReadJsonAsync(ApiJson.Default.AuthConfig)
            ?? throw new EngineException(ErrorKind.InvalidParameter, "invalid X-Registry-Auth header: EOF");
        AuthResponse answer = await system.AuthenticateAsync(credentials, context.RequestAborted);
        await context.Response.WriteJsonAsync(answer, ApiJson.Wire.AuthResponse);
    }
}
