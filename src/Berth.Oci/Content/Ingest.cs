namespace Berth.Oci.Content;

/// <summary>A blob being written: bytes go in, the digest is computed on the way, and only a verified blob comes out.</summary>
/// <remarks>Disposing without <see cref="CommitAsync"/> leaves nothing behind.</remarks>
public abstract class Ingest : IAsyncDisposable
{
    public abstract long BytesWritten { get; }

    /// <summary>Takes bytes at once: the page cache is faster than a hop to another thread.</summary>
    /// <exception cref="IOException">The disk is full, and the like.</exception>
    public abstract void Write(ReadOnlySpan<byte> content);

    public ValueTask WriteAsync(ReadOnlyMemory<byte> content, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        Write(content.Span);
        return ValueTask.CompletedTask;
    }

    /// <summary>Makes the blob durable and visible under its digest.</summary>
    /// <exception cref="DigestMismatchException">The content is not what was expected; nothing was stored.</exception>
    public abstract ValueTask<Digest> CommitAsync(CancellationToken ct);

    public abstract ValueTask DisposeAsync();
}

public sealed class DigestMismatchException(Digest expected, Digest actual)
    : Exception($"unexpected commit digest {actual}, expected {expected}: failed precondition")
{
    public Digest Expected { get; } = expected;
    public Digest Actual { get; } = actual;
}
