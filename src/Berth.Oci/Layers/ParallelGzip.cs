using System.IO.Compression;

namespace Berth.Oci.Layers;

/// <summary>Gzip by all cores: pieces of the input become members of one file, which every decompressor reads as one.</summary>
/// <remarks>Source: RFC 1952, 2.2: a gzip file is a series of members. The result depends on the input alone, not on the number of cores.</remarks>
public static class ParallelGzip
{
    /// <summary>Large enough that a member's fresh dictionary costs well under a percent.</summary>
    private const int PieceSize = 4 << 20;

    /// <param name="write">Takes the compressed bytes, in order.</param>
    public static async Task CompressAsync(Stream plain, Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask> write, CancellationToken ct)
    {
        int parallel = Math.Max(1, Environment.ProcessorCount);
        var inWork = new Queue<Task<ArraySegment<byte>>>();
        bool isFirst = true;
        while (true)
        {
            byte[] piece = new byte[PieceSize];
            int count = await plain.ReadAtLeastAsync(piece, PieceSize, throwOnEndOfStream: false, ct).ConfigureAwait(false);
            // even nothing has its member: an empty file is no gzip
            if (count == 0 && !isFirst)
            {
                break;
            }

            isFirst = false;
            inWork.Enqueue(Task.Run(() => Compress(piece.AsSpan(0, count)), ct));
            if (inWork.Count > parallel)
            {
                await write(await inWork.Dequeue().ConfigureAwait(false), ct).ConfigureAwait(false);
            }
        }

        while (inWork.TryDequeue(out Task<ArraySegment<byte>>? next))
        {
            await write(await next.ConfigureAwait(false), ct).ConfigureAwait(false);
        }
    }

    private static ArraySegment<byte> Compress(ReadOnlySpan<byte> piece)
    {
        if (piece.Length == 0)
        {
            // the BCL's stream writes nothing at all for nothing
            return new ArraySegment<byte>([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        }

        var target = new MemoryStream(piece.Length / 3);
        using (var gzip = new GZipStream(target, CompressionLevel.Optimal, leaveOpen: true))
        {
            gzip.Write(piece);
        }

        return new ArraySegment<byte>(target.GetBuffer(), 0, (int)target.Length);
    }
}
