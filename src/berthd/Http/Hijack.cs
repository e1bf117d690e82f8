using System.IO.Pipelines;
using System.Text;
using Berth.Api;
using Berth.Api.Streams;
using Berth.Engine.Containers;

namespace Berth.Daemon.Http;

/// <summary>The answer to attach and exec start: the connection itself, raw.</summary>
internal static class Hijack
{
    private static readonly ApiVersion MultiplexedSince = new(1, 42);

    /// <summary>Prepares a session, then gives it the connection. What fails before that is an ordinary answer, as is a session that is none.</summary>
    public static async Task RunAsync(HttpContext context, Func<Task<StreamSession?>> prepare)
    {
        IHijackFeature feature = Feature(context);
        feature.Hold();
        try
        {
            StreamSession? session = await prepare();
            if (session is null)
            {
                return;
            }

            await using (session)
            {
                await RunAsync(context, session.Terminal, session.RunAsync);
            }
        }
        finally
        {
            feature.Release();
        }
    }

    /// <summary>Takes the connection over, writes the head, lets <paramref name="run"/> have it, and closes it.</summary>
    /// <param name="terminal">Whether the stream has no frames in it.</param>
    internal static async Task RunAsync(HttpContext context, bool terminal, Func<IDuplexPipe, CancellationToken, Task> run)
    {
        await ConsumeBodyAsync(context.Request, context.RequestAborted);
        bool upgrade = context.Request.Headers.ContainsKey("Upgrade");
        IHijackFeature feature = Feature(context);
        string head = Head(upgrade, upgrade && !terminal && context.ApiVersion() >= MultiplexedSince, context.Response.Headers);
        IDuplexPipe connection = feature.Hijack();
        using CancellationTokenSource ending = context.EndsWithDaemon();
        try
        {
            await connection.Output.WriteAsync(Encoding.ASCII.GetBytes(head), ending.Token);
            await run(connection, ending.Token);
            await connection.Output.FlushAsync(ending.Token);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The client is gone, or the daemon ends: nobody is left to tell.
            context.Logger().HijackEnded(context.Request.Path, e);
        }
        finally
        {
            await connection.Input.CompleteAsync();
            await connection.Output.CompleteAsync();
        }
    }

    /// <summary>The head that dockerd writes. moby 28: api/server/router/container/exec.go and container_routes.go.</summary>
    internal static string Head(bool upgrade, bool multiplexed, IHeaderDictionary headers)
    {
        var head = new StringBuilder(upgrade ? "HTTP/1.1 101 UPGRADED\r\n" : "HTTP/1.1 200 OK\r\n");
        head.Append("Content-Type: ").Append(multiplexed ? StdStreamFrame.MultiplexedMediaType : StdStreamFrame.RawMediaType).Append("\r\n");
        if (upgrade)
        {
            head.Append("Connection: Upgrade\r\nUpgrade: tcp\r\n");
        }

        foreach (string name in (string[])["Api-Version", "Docker-Experimental", "Ostype", "Server"])
        {
            head.Append(name).Append(": ").Append(headers[name].ToString()).Append("\r\n");
        }

        return head.Append("\r\n").ToString();
    }

    private static IHijackFeature Feature(HttpContext context) =>
        context.Features.Get<IHijackFeature>() ?? throw new InvalidOperationException("the connection has no HijackTransport");

    // A request that asks for an upgrade and has no body is, to Kestrel, the raw connection: only a body that was announced may be read.
    private static async Task ConsumeBodyAsync(HttpRequest request, CancellationToken ct)
    {
        if (JsonBodies.HasBody(request))
        {
            await request.BodyReader.CopyToAsync(Stream.Null, ct);
        }
    }
}
