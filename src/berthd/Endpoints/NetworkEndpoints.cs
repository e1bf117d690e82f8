using Berth.Api;
using Berth.Api.Networks;
using Berth.Daemon.Http;
using Berth.Engine.Containers;
using Berth.Engine.Networks;

namespace Berth.Daemon.Endpoints;

/// <summary><c>/networks</c>.</summary>
internal sealed class NetworkEndpoints(NetworkService networks, ContainerService containers)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/networks", ListAsync);
        routes.MapGet("/networks/{id}", InspectAsync);
        routes.MapPost("/networks/create", CreateAsync);
        routes.MapPost("/networks/{id}/connect", ConnectAsync);
        routes.MapPost("/networks/{id}/disconnect", DisconnectAsync);
        routes.MapDelete("/networks/{id}", RemoveAsync);
    }

    private Task ListAsync(HttpContext context)
    {
        IReadOnlyList<NetworkInspect> list = networks.List(context.Request.Filters());
        return context.ApiVersion() >= Older.NetworkSummarySince
            ? context.Response.WriteJsonAsync(Older.Summaries(list), ApiJson.Wire.IReadOnlyListNetworkSummary)
            : context.Response.WriteJsonAsync(Older.Listed(list, context.ApiVersion()), ApiJson.Wire.IReadOnlyListNetworkInspect);
    }

    private Task InspectAsync(HttpContext context)
    {
        string verbose = context.Request.Text("verbose");
        if (verbose is not ("" or "1" or "t" or "T" or "true" or "TRUE" or "True" or "0" or "f" or "F" or "false" or "FALSE" or "False"))
        {
            throw new Engine.EngineException(Engine.ErrorKind.InvalidParameter,
                $"invalid value for verbose: {verbose}: strconv.ParseBool: parsing {QueryValues.Quote(verbose)}: invalid syntax");
        }

        NetworkInspect network = networks.Inspect(context.Route("id"), context.Request.TextOrNull("scope"));
        return context.Response.WriteJsonAsync(Older.Inspect(network, context.ApiVersion()), ApiJson.Wire.NetworkInspect);
    }

    private async Task CreateAsync(HttpContext context)
    {
        NetworkCreateRequest request = await context.Request.ReadJsonAsync(ApiJson.Default.NetworkCreateRequest) ?? new NetworkCreateRequest();
        if (context.ApiVersion() < new ApiVersion(1, 48))
        {
            request = request with { EnableIPv4 = null };
        }

        NetworkCreateResponse created = await networks.CreateAsync(request, context.RequestAborted);
        await context.Response.WriteJsonAsync(created, ApiJson.Wire.NetworkCreateResponse, StatusCodes.Status201Created);
    }

    private async Task ConnectAsync(HttpContext context)
    {
        NetworkConnectRequest request = await context.Request.ReadJsonAsync(ApiJson.Default.NetworkConnectRequest) ?? new NetworkConnectRequest();
        await containers.ConnectAsync(context.Route("id"), request, context.RequestAborted);
    }

    private async Task DisconnectAsync(HttpContext context)
    {
        NetworkDisconnectRequest request =
            await context.Request.ReadJsonAsync(ApiJson.Default.NetworkDisconnectRequest) ?? new NetworkDisconnectRequest();
        await containers.DisconnectAsync(context.Route("id"), request, context.RequestAborted);
    }

    private async Task RemoveAsync(HttpContext context)
    {
        await networks.RemoveAsync(context.Route("id"), context.RequestAborted);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }
}
