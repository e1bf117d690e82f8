using System.Threading.Channels;
using Berth.Api;
using Berth.Engine.Daemon;

namespace Berth.Daemon.Http;

/// <summary>A progress stream: each message is one line, sent at once. An error before the first is a status, after it a line of its own.</summary>
/// <remarks>moby 28: pkg/streamformatter. Messages may be reported from any thread.</remarks>
internal sealed class JsonLines : IProgress<JsonMessage>
{
    private readonly Channel<JsonMessage> _messages =
        Channel.CreateUnbounded<JsonMessage>(new UnboundedChannelOptions { SingleReader = true });

    private JsonLines()
    {
    }

    public void Report(JsonMessage value) => _messages.Writer.TryWrite(value);

    /// <summary>Does the work and streams what it reports. Cancelled when the client goes.</summary>
    public static async Task RunAsync(HttpContext context, Func<IProgress<JsonMessage>, CancellationToken, Task> work)
    {
        var lines = new JsonLines();
        Task working = lines.WorkAsync(work, context.RequestAborted);
        context.Response.ContentType = "application/json";
        while (await lines._messages.Reader.WaitToReadAsync(CancellationToken.None))
        {
            while (lines._messages.Reader.TryRead(out JsonMessage? message))
            {
                Write(context.Response, message);
            }

            await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
        }

        try
        {
            await working;
        }
        catch (Exception e) when (context.Response.HasStarted && !context.RequestAborted.IsCancellationRequested)
        {
            string sentence = FailureText.Of(e);
            Write(context.Response, new JsonMessage { ErrorDetail = new ErrorDetail { Message = sentence }, Error = sentence });
            await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
        }
    }

    private async Task WorkAsync(Func<IProgress<JsonMessage>, CancellationToken, Task> work, CancellationToken ct)
    {
        try
        {
            await work(this, ct);
        }
        finally
        {
            _messages.Writer.Complete();
        }
    }

    private static void Write(HttpResponse response, JsonMessage message)
    {
        response.BodyWriter.WriteJson(message, ApiJson.Wire.JsonMessage);
        "\r\n"u8.CopyTo(response.BodyWriter.GetSpan(2));
        response.BodyWriter.Advance(2);
    }
}
