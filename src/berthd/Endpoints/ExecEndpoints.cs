using Berth.Api;
using Berth.Api.Containers;
using Berth.Daemon.Http;
using Berth.Engine;
using Berth.Engine.Containers;

namespace Berth.Daemon.Endpoints;

/// <summary><c>/exec</c>: further processes in running containers.</summary>
internal sealed class ExecEndpoints(ContainerService containers)
{
    private static readonly ApiVersion ConsoleSizeSince = new(1, 42);

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/containers/{name}/exec", CreateAsync);
        routes.MapPost("/exec/{id}/start", StartAsync);
        routes.MapPost("/exec/{id}/resize", ResizeAsync);
        routes.MapGet("/exec/{id}/json", InspectAsync);
    }

    private async Task CreateAsync(HttpContext context)
    {
        ExecCreateRequest? asked = await context.Request.ReadJsonAsync(ApiJson.Default.ExecCreateRequest);
        if (asked?.Cmd is not { Count: > 0 })
        {
            throw new EngineException(ErrorKind.InvalidParameter, "No exec command specified");
        }

        ExecCreateRequest request = context.ApiVersion() < ConsoleSizeSince ? asked with { ConsoleSize = null } : asked;
        IdResponse exec = await containers.ExecCreateAsync(context.Route("name"), request, context.RequestAborted);
        await context.Response.WriteJsonAsync(exec, ApiJson.Wire.IdResponse, StatusCodes.Status201Created);
    }

    private async Task StartAsync(HttpContext context)
    {
        ExecStartRequest request = await context.Request.ReadJsonAsync(ApiJson.Default.ExecStartRequest) ?? new ExecStartRequest();
        if (!request.Tty || context.ApiVersion() < ConsoleSizeSince)
        {
            request = request with { ConsoleSize = null };
        }

        await Hijack.RunAsync(context, () => containers.ExecStartAsync(context.Route("id"), request, context.RequestAborted));
    }

    private Task ResizeAsync(HttpContext context)
    {
        int rows = context.Request.TerminalSize("h", "height");
        int columns = context.Request.TerminalSize("w", "width");
        return containers.ExecResizeAsync(context.Route("id"), rows, columns, context.RequestAborted);
    }

    private Task InspectAsync(HttpContext context) =>
        context.Response.WriteJsonAsync(containers.ExecInspect(context.Route("id")), ApiJson.Wire.ExecInspect);
}
