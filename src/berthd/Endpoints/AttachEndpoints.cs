using Berth.Daemon.Http;
using Berth.Engine.Containers;

namespace Berth.Daemon.Endpoints;

/// <summary>A container's streams over the connection itself, or over a WebSocket.</summary>
internal sealed class AttachEndpoints(ContainerService containers)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/containers/{name}/attach", AttachAsync);
        routes.MapGet("/containers/{name}/attach/ws", AttachOverWebSocketAsync);
    }

    private Task AttachAsync(HttpContext context) => Hijack.RunAsync(context, async () =>
        await containers.AttachAsync(context.Route("name"), Options(context.Request, all: false), context.RequestAborted));

    private async Task AttachOverWebSocketAsync(HttpContext context)
    {
        // Before API 1.42 a WebSocket had all three streams, asked for or not.
        bool all = context.ApiVersion() < new Api.ApiVersion(1, 42);
        await using StreamSession session = await containers.AttachAsync(
            context.Route("name"), Options(context.Request, all), context.RequestAborted);
        await WebSocketStream.RunAsync(context, session);
    }

    private static AttachOptions Options(HttpRequest request, bool all) => new()
    {
        Stdin = all || request.Flag("stdin"),
        Stdout = all || request.Flag("stdout"),
        Stderr = all || request.Flag("stderr"),
        Logs = request.Flag("logs"),
        Stream = request.Flag("stream"),
        DetachKeys = request.TextOrNull("detachKeys"),
    };
}
