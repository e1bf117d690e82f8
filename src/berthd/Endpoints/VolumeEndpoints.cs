using Berth.Api;
using Berth.Api.Volumes;
using Berth.Daemon.Http;
using Berth.Engine;
using Berth.Engine.Volumes;

namespace Berth.Daemon.Endpoints;

/// <summary><c>/volumes</c>.</summary>
internal sealed class VolumeEndpoints(VolumeService volumes)
{
    private static readonly ApiVersion AnonymousOnlySince = new(1, 42);

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/volumes", ListAsync);
        routes.MapGet("/volumes/{name}", InspectAsync);
        routes.MapPost("/volumes/create", CreateAsync);
        routes.MapPost("/volumes/prune", PruneAsync);
        routes.MapPut("/volumes/{name}", UpdateAsync);
        routes.MapDelete("/volumes/{name}", RemoveAsync);
    }

    private Task ListAsync(HttpContext context)
    {
        Filters filters;
        try
        {
            filters = context.Request.Filters();
        }
        catch (EngineException e)
        {
            throw new EngineException(e.Kind, $"error reading volume filters: {e.Message}", e);
        }

        return context.Response.WriteJsonAsync(volumes.List(filters), ApiJson.Wire.VolumeListResponse);
    }

    private Task InspectAsync(HttpContext context) =>
        context.Response.WriteJsonAsync(volumes.Inspect(context.Route("name")), ApiJson.Wire.Volume);

    private async Task CreateAsync(HttpContext context)
    {
        VolumeCreateRequest request = await context.Request.ReadJsonAsync(ApiJson.Default.VolumeCreateRequest) ?? new VolumeCreateRequest();
        Volume volume = await volumes.CreateAsync(request, context.RequestAborted);
        await context.Response.WriteJsonAsync(volume, ApiJson.Wire.Volume, StatusCodes.Status201Created);
    }

    // Only Swarm's cluster volumes can be changed. moby 28: api/server/router/volume/volume_routes.go.
    private static Task UpdateAsync(HttpContext context) =>
        throw new EngineException(ErrorKind.Unavailable, "volume update only valid for cluster volumes, but swarm is unavailable");

    private async Task PruneAsync(HttpContext context)
    {
        Filters filters = context.Request.Filters();
        if (context.ApiVersion() < AnonymousOnlySince)
        {
            // named volumes were pruned, too, before there was a filter to say so
            filters = filters.With("all", "true");
        }

        await context.Response.WriteJsonAsync(await volumes.PruneAsync(filters, context.RequestAborted), ApiJson.Wire.VolumePruneResponse);
    }

    private async Task RemoveAsync(HttpContext context)
    {
        await volumes.RemoveAsync(context.Route("name"), context.Request.Flag("force"), context.RequestAborted);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }
}
