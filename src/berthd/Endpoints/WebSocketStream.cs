using System.Buffers;
using System.IO.Pipelines;
using System.Net.WebSockets;
using Berth.Api.Streams;
using Berth.Daemon.Http;
using Berth.Engine;
using Berth.Engine.Containers;

namespace Berth.Daemon.Endpoints;

/// <summary>Runs a session over a WebSocket: input and output are messages, without frames of ours in them.</summary>
internal static class WebSocketStream
{
    public static async Task RunAsync(HttpContext context, StreamSession session)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            throw new EngineException(ErrorKind.InvalidParameter, "not websocket protocol");
        }

        using CancellationTokenSource ending = context.EndsWithDaemon();
        using WebSocket socket = await context.WebSockets.AcceptWebSocketAsync();
        var input = new Pipe();
        var output = new Pipe();
        // Since API 1.28 the messages are binary, so that output need not be UTF-8.
        WebSocketMessageType type = context.ApiVersion() >= new Api.ApiVersion(1, 28) ? WebSocketMessageType.Binary : WebSocketMessageType.Text;
        Task receiving = ReceiveAsync(socket, input.Writer, ending.Token);
        Task sending = SendAsync(socket, output.Reader, session.Terminal, type, ending.Token);
        try
        {
            await session.RunAsync(new DuplexPipe(input.Reader, output.Writer), ending.Token);
        }
        finally
        {
            await output.Writer.CompleteAsync();
            await input.Reader.CompleteAsync();
            await sending;
            ending.Cancel();
            await receiving;
        }
    }

    private static async Task ReceiveAsync(WebSocket socket, PipeWriter input, CancellationToken ct)
    {
        try
        {
            while (true)
            {
                ValueWebSocketReceiveResult received = await socket.ReceiveAsync(input.GetMemory(4096), ct);
                if (received.MessageType == WebSocketMessageType.Close)
                {
                    return;
                }

                input.Advance(received.Count);
                FlushResult flushed = await input.FlushAsync(ct);
                if (flushed.IsCompleted)
                {
                    return;
                }
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException)
        {
            // The client is gone: the end of its input, no more.
        }
        finally
        {
            await input.CompleteAsync();
        }
    }

    private static async Task SendAsync(WebSocket socket, PipeReader output, bool terminal, WebSocketMessageType type, CancellationToken ct)
    {
        try
        {
            while (true)
            {
                ReadResult result = await output.ReadAsync(ct);
                ReadOnlySequence<byte> rest = result.Buffer;
                while (TryTake(ref rest, terminal, out ReadOnlySequence<byte> payload))
                {
                    await socket.SendAsync(payload.ToArray(), type, endOfMessage: true, ct);
                }

                output.AdvanceTo(rest.Start, rest.End);
                if (result.IsCompleted)
                {
                    break;
                }
            }

            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, ct);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException)
        {
            // The client is gone: nobody is left to send to.
        }
        finally
        {
            await output.CompleteAsync();
        }
    }

    private static bool TryTake(ref ReadOnlySequence<byte> buffer, bool terminal, out ReadOnlySequence<byte> payload)
    {
        payload = buffer;
        if (terminal)
        {
            buffer = buffer.Slice(buffer.End);
            return payload.Length > 0;
        }

        if (buffer.Length < StdStreamFrame.HeaderLength)
        {
            return false;
        }

        (_, int length) = StdStreamFrame.ReadHeader(buffer.Slice(0, StdStreamFrame.HeaderLength).ToArray());
        if (buffer.Length < StdStreamFrame.HeaderLength + length)
        {
            return false;
        }

        payload = buffer.Slice(StdStreamFrame.HeaderLength, length);
        buffer = buffer.Slice(payload.End);
        return true;
    }

    private sealed record DuplexPipe(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
