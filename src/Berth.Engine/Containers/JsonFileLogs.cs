using System.Buffers;
using System.Text;
using Berth.Api.Streams;
using Berth.Runtime.Output;

namespace Berth.Engine.Containers;

/// <summary>A json-file log as the Engine API sends it. moby 28: daemon/server/httputils, WriteLogStream.</summary>
/// <param name="followUntil">Completes when the container has ended and its log is whole; null reads what is there.</param>
internal sealed class JsonFileLogs(string path, bool terminal, LogsRequest request, Task? followUntil) : ContainerLogs
{
    /// <summary>Sent when so much is there, or when there is nothing more for now.</summary>
    private const int BatchLength = 32 * 1024;

    public override bool Terminal => terminal;

    public override async Task CopyToAsync(Stream destination, CancellationToken ct)
    {
        var batch = new ArrayBufferWriter<byte>(BatchLength);
        IAsyncEnumerator<LogEntry> entries = new LogReader(path).ReadAsync(new LogQuery
        {
            Tail = request.Tail,
            Since = request.Since,
            Until = request.Until,
            FollowUntil = followUntil,
        }, ct).GetAsyncEnumerator(ct);
        await using (entries.ConfigureAwait(false))
        {
            while (true)
            {
                ValueTask<bool> next = entries.MoveNextAsync();
                if (batch.WrittenCount >= BatchLength || (batch.WrittenCount > 0 && !next.IsCompleted))
                {
                    await SendAsync(destination, batch, ct).ConfigureAwait(false);
                }

                if (!await next.ConfigureAwait(false))
                {
                    break;
                }

                if (entries.Current.Stream is OutputStream.Stdout ? request.Stdout : request.Stderr)
                {
                    Append(batch, entries.Current);
                }
            }
        }

        await SendAsync(destination, batch, ct).ConfigureAwait(false);
    }

    private static async ValueTask SendAsync(Stream destination, ArrayBufferWriter<byte> batch, CancellationToken ct)
    {
        await destination.WriteAsync(batch.WrittenMemory, ct).ConfigureAwait(false);
        await destination.FlushAsync(ct).ConfigureAwait(false);
        batch.ResetWrittenCount();
    }

    private void Append(ArrayBufferWriter<byte> batch, LogEntry entry)
    {
        // with details, a line without any has their separator all the same
        byte[] details = request.Details ? Encoding.UTF8.GetBytes(LogAttributes.ToDetails(entry.Attributes.Span) + " ") : [];
        int timeLength = request.Timestamps ? LogTime.PaddedLength + 1 : 0;
        int length = timeLength + details.Length + entry.Line.Length;
        if (!terminal)
        {
            Span<byte> header = batch.GetSpan(StdStreamFrame.HeaderLength)[..StdStreamFrame.HeaderLength];
            StdStreamFrame.WriteHeader(header, entry.Stream is OutputStream.Stdout ? StdStream.Stdout : StdStream.Stderr, length);
            batch.Advance(StdStreamFrame.HeaderLength);
        }

        if (request.Timestamps)
        {
            Span<byte> time = batch.GetSpan(timeLength);
            entry.Time.Format(time);
            time[LogTime.PaddedLength] = (byte)' ';
            batch.Advance(timeLength);
        }

        batch.Write(details);
        batch.Write(entry.Line.Span);
    }
}
