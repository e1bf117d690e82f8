using Berth.Api;
using Berth.Api.Events;
using Berth.Daemon.Http;
using Berth.Engine;
using Berth.Engine.Events;

namespace Berth.Daemon.Endpoints;

/// <summary><c>GET /events</c>: one document after the other, each sent at once.</summary>
internal sealed class EventEndpoints(EventBus events)
{
    private const string JsonSequence = "application/json-seq";

    public void Map(IEndpointRouteBuilder routes) => routes.MapGet("/events", StreamAsync);

    private async Task StreamAsync(HttpContext context)
    {
        HttpRequest request = context.Request;
        HttpResponse response = context.Response;
        DateTimeOffset? since = request.Timestamp("since");
        DateTimeOffset? until = request.Timestamp("until");
        if (until < since)
        {
            throw new EngineException(ErrorKind.InvalidParameter,
                $"`since` time ({request.Text("since")}) cannot be after `until` time ({request.Text("until")})");
        }

        using CancellationTokenSource ending = context.EndsWithDaemon();
        IAsyncEnumerable<EventMessage> messages = events.SubscribeAsync(request.Filters(), since, until, ending.Token);
        response.ContentType = MediaTypes.Negotiate(
            request.Headers.Accept.ToString(), ["application/x-ndjson", "application/jsonl", JsonSequence], "application/json");
        await response.StartAsync(ending.Token);
        await response.BodyWriter.FlushAsync(ending.Token);
        try
        {
            await foreach (EventMessage message in messages.WithCancellation(ending.Token))
            {
                await SendAsync(response, message, context.ApiVersion(), ending.Token);
            }
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            // The daemon ends, and the stream with it.
        }
    }

    private static async Task SendAsync(HttpResponse response, EventMessage message, ApiVersion version, CancellationToken ct)
    {
        // moby 28: images tell of their making since API 1.46.
        if (version < new ApiVersion(1, 46) && message is { Type: "image", Action: "create" })
        {
            return;
        }

        // RFC 7464: each document of a sequence begins with a record separator.
        if (response.ContentType == JsonSequence)
        {
            Put(response, 0x1e);
        }

        response.BodyWriter.WriteJson(Older.Event(message, version), ApiJson.Wire.EventMessage);
        Put(response, (byte)'\n');
        await response.BodyWriter.FlushAsync(ct);
    }

    private static void Put(HttpResponse response, byte value)
    {
        response.BodyWriter.GetSpan(1)[0] = value;
        response.BodyWriter.Advance(1);
    }
}
