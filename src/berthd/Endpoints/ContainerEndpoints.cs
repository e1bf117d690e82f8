using Berth.Api;
using Berth.Api.Containers;
using Berth.Daemon.Http;
using Berth.Engine;
using Berth.Engine.Containers;

namespace Berth.Daemon.Endpoints;

/// <summary><c>/containers</c> and <c>/commit</c>: decode, call, encode.</summary>
internal sealed class ContainerEndpoints(ContainerService containers)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/containers/json", ListAsync);
        routes.MapPost("/containers/create", CreateAsync);
        routes.MapGet("/containers/{name}/json", InspectAsync);
        routes.MapGet("/containers/{name}/top", TopAsync);
        routes.MapGet("/containers/{name}/logs", LogsAsync);
        routes.MapPost("/containers/{name}/start", StartAsync);
        routes.MapPost("/containers/{name}/stop", StopAsync);
        routes.MapPost("/containers/{name}/restart", RestartAsync);
        routes.MapPost("/containers/{name}/kill", KillAsync);
        routes.MapPost("/containers/{name}/pause", PauseAsync);
        routes.MapPost("/containers/{name}/unpause", UnpauseAsync);
        routes.MapPost("/containers/{name}/rename", RenameAsync);
        routes.MapPost("/containers/{name}/resize", ResizeAsync);
        routes.MapPost("/containers/{name}/wait", WaitAsync);
        routes.MapDelete("/containers/{name}", RemoveAsync);
        routes.MapPost("/commit", CommitAsync);
    }

    private async Task ListAsync(HttpContext context)
    {
        HttpRequest request = context.Request;
        IReadOnlyList<ContainerSummary> list = await containers.ListAsync(
            request.Flag("all"), request.Integer("limit") ?? 0, request.Flag("size"), request.Filters(), context.RequestAborted);
        await context.Response.WriteJsonAsync(Older.Summaries(list, context.ApiVersion()), ApiJson.Wire.IReadOnlyListContainerSummary);
    }

    private async Task CreateAsync(HttpContext context)
    {
        ApiVersion version = context.ApiVersion();
        ContainerCreateRequest asked = await context.Request.ReadJsonAsync(ApiJson.Default.ContainerCreateRequest)
            ?? throw new EngineException(ErrorKind.InvalidParameter, "config cannot be empty in order to create a container");
        ContainerCreateRequest request = OlderCreate.Translate(asked, version, out IReadOnlyList<string> warnings);
        string? platform = version >= new ApiVersion(1, 41) ? context.Request.TextOrNull("platform") : null;
        ContainerCreateResponse created = await containers.CreateAsync(
            context.Request.TextOrNull("name"), platform, request, context.RequestAborted);
        await context.Response.WriteJsonAsync(
            created with { Warnings = [.. created.Warnings ?? [], .. warnings] },
            ApiJson.Wire.ContainerCreateResponse,
            StatusCodes.Status201Created);
    }

    private async Task InspectAsync(HttpContext context)
    {
        ContainerInspect container = await containers.InspectAsync(
            context.Route("name"), context.Request.Flag("size"), context.RequestAborted);
        await context.Response.WriteJsonAsync(Older.Inspect(container, context.ApiVersion()), ApiJson.Wire.ContainerInspect);
    }

    private async Task TopAsync(HttpContext context)
    {
        string arguments = context.Request.TextOrNull("ps_args") ?? "-ef";
        ContainerTop top = await containers.TopAsync(context.Route("name"), arguments, context.RequestAborted);
        await context.Response.WriteJsonAsync(top, ApiJson.Wire.ContainerTop);
    }

    private async Task LogsAsync(HttpContext context)
    {
        HttpRequest request = context.Request;
        if (!request.Flag("stdout") && !request.Flag("stderr"))
        {
            throw new EngineException(ErrorKind.InvalidParameter, "Bad parameters: you must choose at least one stream");
        }

        using CancellationTokenSource ending = context.EndsWithDaemon();
        ContainerLogs logs = await containers.LogsAsync(context.Route("name"), LogQuery.Read(request), ending.Token);
        context.Response.ContentType = LogQuery.MediaType(logs.Terminal, context.ApiVersion());
        await context.Response.StartAsync(ending.Token);
        await context.Response.BodyWriter.FlushAsync(ending.Token);
        try
        {
            await logs.CopyToAsync(context.Response.Body, ending.Token);
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            // The daemon ends, and the stream with it.
        }
    }

    private Task StartAsync(HttpContext context) =>
        // A body that says something was for the host's part of a container, before API 1.24; "{}" and "null" are none.
        context.Request.ContentLength > 7 || context.Request.Headers.TransferEncoding.Count > 0
            ? throw new EngineException(ErrorKind.InvalidParameter,
                "starting container with non-empty request body was deprecated since API v1.22 and removed in v1.24")
            : NoContentAsync(context, containers.StartAsync(context.Route("name"), context.RequestAborted));

    private Task StopAsync(HttpContext context) => NoContentAsync(context, containers.StopAsync(
        context.Route("name"), SignalOf(context), context.Request.Seconds("t"), context.RequestAborted));

    private Task RestartAsync(HttpContext context) => NoContentAsync(context, containers.RestartAsync(
        context.Route("name"), SignalOf(context), context.Request.Seconds("t"), context.RequestAborted));

    private Task KillAsync(HttpContext context) => NoContentAsync(context, containers.KillAsync(
        context.Route("name"), context.Request.TextOrNull("signal"), context.RequestAborted));

    private Task PauseAsync(HttpContext context) =>
        NoContentAsync(context, containers.PauseAsync(context.Route("name"), context.RequestAborted));

    private Task UnpauseAsync(HttpContext context) =>
        NoContentAsync(context, containers.UnpauseAsync(context.Route("name"), context.RequestAborted));

    private Task RenameAsync(HttpContext context) => NoContentAsync(context, containers.RenameAsync(
        context.Route("name"), context.Request.Text("name"), context.RequestAborted));

    private Task ResizeAsync(HttpContext context)
    {
        int rows = context.Request.TerminalSize("h", "height");
        int columns = context.Request.TerminalSize("w", "width");
        return containers.ResizeAsync(context.Route("name"), rows, columns, context.RequestAborted);
    }

    private async Task WaitAsync(HttpContext context)
    {
        bool early = context.ApiVersion() >= new ApiVersion(1, 30);
        string condition = early && context.Request.TextOrNull("condition") is { } asked ? asked : "not-running";
        if (condition is not ("not-running" or "next-exit" or "removed"))
        {
            throw new EngineException(ErrorKind.InvalidParameter, $"invalid condition: {QueryValues.Quote(condition)}");
        }

        using CancellationTokenSource ending = context.EndsWithDaemon();
        Task<ContainerWait> exit = await containers.WaitAsync(context.Route("name"), condition, ending.Token);
        context.Response.ContentType = "application/json";
        if (early)
        {
            // The client starts the container once it sees these headers.
            await context.Response.StartAsync(ending.Token);
            await context.Response.BodyWriter.FlushAsync(ending.Token);
        }

        context.Response.BodyWriter.WriteJson(await exit, ApiJson.Wire.ContainerWait);
        await context.Response.WriteAsync("\n", ending.Token);
    }

    private Task RemoveAsync(HttpContext context)
    {
        HttpRequest request = context.Request;
        return NoContentAsync(context, containers.RemoveAsync(
            context.Route("name"), request.Flag("force"), request.Flag("v"), request.Flag("link"), context.RequestAborted));
    }

    private async Task CommitAsync(HttpContext context)
    {
        HttpRequest request = context.Request;
        IdResponse image = await containers.CommitAsync(
            new ContainerCommitRequest
            {
                Container = request.Text("container"),
                Repository = request.TextOrNull("repo"),
                Tag = request.TextOrNull("tag"),
                Author = request.TextOrNull("author"),
                Comment = request.TextOrNull("comment"),
                Pause = request.Flag("pause", absent: true),
                Changes = request.Texts("changes"),
                Config = await request.ReadJsonAsync(ApiJson.Default.ContainerConfig),
            },
            context.RequestAborted);
        await context.Response.WriteJsonAsync(image, ApiJson.Wire.IdResponse, StatusCodes.Status201Created);
    }

    private static string? SignalOf(HttpContext context) =>
        context.ApiVersion() >= new ApiVersion(1, 42) ? context.Request.TextOrNull("signal") : null;

    private static async Task NoContentAsync(HttpContext context, Task verb)
    {
        await verb;
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }
}
