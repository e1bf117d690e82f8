using Berth.Api;
using Berth.Api.Images;
using Berth.Daemon.Http;
using Berth.Engine;
using Berth.Engine.Images;

namespace Berth.Daemon.Endpoints;

/// <summary><c>/images</c>. A name has slashes in it, so what is asked of an image is told from the path's end.</summary>
internal sealed class ImageEndpoints(ImageService images)
{
    private static readonly ApiVersion PlatformSince = new(1, 48);

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/images/json", ListAsync);
        routes.MapPost("/images/create", CreateAsync);
        routes.MapGet("/images/{**path}", NamedRoute.Dispatch(
            ("/json", InspectAsync),
            ("/history", HistoryAsync),
            ("/get", Unserved.Answer("saving images")),
            ("/attestations", Unserved.Answer("attestations of images"))));
        routes.MapPost("/images/{**path}", NamedRoute.Dispatch(("/push", PushAsync), ("/tag", TagAsync)));
        routes.MapDelete("/images/{**path}", NamedRoute.Dispatch(("", RemoveAsync)));
    }

    private async Task ListAsync(HttpContext context)
    {
        HttpRequest request = context.Request;
        ApiVersion version = context.ApiVersion();
        Filters filters = request.Filters();
        if (version < new ApiVersion(1, 25) && !filters.Contains("reference") && request.TextOrNull("filter") is { } pattern)
        {
            var older = new Filters();
            foreach ((string name, string value) in filters.Names.SelectMany(name => filters[name].Select(value => (name, value))))
            {
                older.Add(name, value);
            }

            older.Add("reference", pattern);
            filters = older;
        }

        IReadOnlyList<ImageSummary> list = await images.ListAsync(
            request.Flag("all"),
            sharedSize: request.Flag("shared-size") && version >= new ApiVersion(1, 42),
            manifests: request.Flag("manifests") && version >= new ApiVersion(1, 47),
            filters,
            context.RequestAborted);
        await context.Response.WriteJsonAsync(Older.Summaries(list, version), ApiJson.Wire.IReadOnlyListImageSummary);
    }

    private Task CreateAsync(HttpContext context)
    {
        HttpRequest request = context.Request;
        string image = request.Text("fromImage");
        string? platform = context.ApiVersion() >= new ApiVersion(1, 32) ? request.TextOrNull("platform") : null;
        if (image.Length > 0)
        {
            // "pull -a" of old clients leaves a colon at the end.
            string name = image.TrimEnd(':');
            return JsonLines.RunAsync(context, (progress, ct) =>
                images.PullAsync(name, request.TextOrNull("tag"), platform, request.Credentials(), progress, ct));
        }

        string source = request.Text("fromSrc");
        var import = new ImportRequest
        {
            Source = source,
            Repository = request.TextOrNull("repo"),
            Tag = request.TextOrNull("tag"),
            Message = request.TextOrNull("message") ?? $"Imported from {source}",
            Changes = request.Texts("changes"),
            Platform = platform,
        };
        return JsonLines.RunAsync(context, (progress, ct) => images.ImportAsync(import, request.Body, progress, ct));
    }

    private async Task InspectAsync(HttpContext context, string name)
    {
        HttpRequest request = context.Request;
        ApiVersion version = context.ApiVersion();
        bool manifests = version >= PlatformSince && request.Flag("manifests");
        string? platform = request.Platform("platform", new ApiVersion(1, 49));
        if (manifests && platform is not null)
        {
            throw new EngineException(ErrorKind.InvalidParameter,
                "conflicting options: manifests and platform options cannot both be set");
        }

        ImageInspect image = await images.InspectAsync(name, platform, manifests, context.RequestAborted);
        await OlderImageConfig.WriteAsync(context.Response, Older.Inspect(image, version), version);
    }

    private async Task HistoryAsync(HttpContext context, string name)
    {
        string? platform = context.Request.Platform("platform", PlatformSince);
        IReadOnlyList<ImageHistoryItem> history = await images.HistoryAsync(name, platform, context.RequestAborted);
        await context.Response.WriteJsonAsync(history, ApiJson.Wire.IReadOnlyListImageHistoryItem);
    }

    private Task PushAsync(HttpContext context, string name)
    {
        HttpRequest request = context.Request;
        string? platform = request.Platform("platform", new ApiVersion(1, 46));
        return JsonLines.RunAsync(context, (progress, ct) =>
            images.PushAsync(name, request.TextOrNull("tag"), platform, request.Credentials(), progress, ct));
    }

    private async Task TagAsync(HttpContext context, string name)
    {
        HttpRequest request = context.Request;
        await images.TagAsync(name, request.Text("repo"), request.TextOrNull("tag"), context.RequestAborted);
        context.Response.StatusCode = StatusCodes.Status201Created;
    }

    private async Task RemoveAsync(HttpContext context, string name)
    {
        if (string.IsNullOrWhiteSpace(name))
        {
            throw new EngineException(ErrorKind.InvalidParameter, "image name cannot be blank");
        }

        HttpRequest request = context.Request;
        IReadOnlyList<ImageDeleteItem> removed = await images.RemoveAsync(
            name, request.Flag("force"), prune: !request.Flag("noprune"), context.RequestAborted);
        await context.Response.WriteJsonAsync(removed, ApiJson.Wire.IReadOnlyListImageDeleteItem);
    }
}
