using System.Buffers;
using System.IO.Pipelines;
using Berth.Runtime;

namespace Berth.Engine.Containers;

/// <summary>How a client's part in a process's streams ended.</summary>
internal enum PumpEnd
{
    /// <summary>All output is on its way: the process closed it or exited.</summary>
    OutputEnded,

    /// <summary>The client let go: by its keys, by leaving, or by ending an input that is not the process's to lose.</summary>
    Detached,
}

/// <summary>Carries bytes between a process's streams and a client's connection, until one side is done.</summary>
/// <remarks>
/// Output is read straight into the connection's own memory. A client that has gone is found out by writing and is never the process's trouble:
/// all it holds here is its own attachment.
/// </remarks>
internal sealed class StreamPump(IAttachment attachment, IDuplexPipe connection)
{
    private const int ChunkLength = 32 * 1024;

    /// <summary>Whether the client's input goes to the process.</summary>
    public bool Stdin { get; init; }

    /// <summary>Whether the end of the client's input ends the process's input only; else it ends the client's part. moby 28: container/stream/attach.go.</summary>
    public bool CloseStdin { get; init; }

    /// <summary>Looked for in the input; null with no terminal.</summary>
    public DetachKeys? Keys { get; init; }

    public async Task<PumpEnd> RunAsync(CancellationToken ct)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(ct);
        Task<PumpEnd>? input = Stdin ? PumpInputAsync(end.Token) : null;
        // with no output asked for, too: its end is how the process's exit is heard of
        Task<PumpEnd> output = PumpOutputAsync(end.Token);
        try
        {
            if (input is not null
                && await Task.WhenAny(input, output).ConfigureAwait(false) == input
                && await input.ConfigureAwait(false) is PumpEnd.Detached)
            {
                return PumpEnd.Detached;
            }

            return await output.ConfigureAwait(false);
        }
        finally
        {
            await end.CancelAsync().ConfigureAwait(false);
            connection.Input.CancelPendingRead();
            await Task.WhenAll(Quietly(input), Quietly(output)).ConfigureAwait(false);
        }
    }

    private async Task<PumpEnd> PumpOutputAsync(CancellationToken ct)
    {
        try
        {
            while (true)
            {
                int count = await attachment.Stream.ReadAsync(connection.Output.GetMemory(ChunkLength), ct).ConfigureAwait(false);
                if (count == 0)
                {
                    await connection.Output.FlushAsync(ct).ConfigureAwait(false);
                    return PumpEnd.OutputEnded;
                }

                connection.Output.Advance(count);
                FlushResult flushed = await connection.Output.FlushAsync(ct).ConfigureAwait(false);
                if (flushed.IsCompleted)
                {
                    return PumpEnd.Detached;
                }
            }
        }
        catch (Exception e) when (IsGone(e))
        {
            return PumpEnd.Detached;
        }
    }

    private async Task<PumpEnd> PumpInputAsync(CancellationToken ct)
    {
        try
        {
            while (true)
            {
                ReadResult read = await connection.Input.ReadAsync(ct).ConfigureAwait(false);
                bool detached = await WriteAsync(read.Buffer, ct).ConfigureAwait(false);
                connection.Input.AdvanceTo(read.Buffer.End);
                if (detached || read.IsCanceled)
                {
                    return PumpEnd.Detached;
                }

                if (read.IsCompleted)
                {
                    return await EndInputAsync(ct).ConfigureAwait(false);
                }
            }
        }
        catch (Exception e) when (IsGone(e))
        {
            // either the client left, which the output will find out, or the process reads no more, which is no end of its output
            return PumpEnd.OutputEnded;
        }
    }

    private async Task<PumpEnd> EndInputAsync(CancellationToken ct)
    {
        if (Keys is not null)
        {
            var rest = new ArrayBufferWriter<byte>();
            Keys.Flush(rest);
            await attachment.Stream.WriteAsync(rest.WrittenMemory, ct).ConfigureAwait(false);
        }

        if (!CloseStdin)
        {
            return PumpEnd.Detached;
        }

        attachment.CompleteInput();
        return PumpEnd.OutputEnded;
    }

    /// <returns>Whether the detach keys were among it.</returns>
    private async ValueTask<bool> WriteAsync(ReadOnlySequence<byte> input, CancellationToken ct)
    {
        foreach (ReadOnlyMemory<byte> segment in input)
        {
            if (Keys is null)
            {
                await attachment.Stream.WriteAsync(segment, ct).ConfigureAwait(false);
                continue;
            }

            var typed = new ArrayBufferWriter<byte>(segment.Length + 1);
            bool detached = Keys.Filter(segment.Span, typed);
            await attachment.Stream.WriteAsync(typed.WrittenMemory, ct).ConfigureAwait(false);
            if (detached)
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsGone(Exception e) => e is IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException;

    private static async Task Quietly(Task<PumpEnd>? pump)
    {
        if (pump is not null)
        {
            await ((Task)pump).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
