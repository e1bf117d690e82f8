namespace Berth.Oci.Content;

/// <summary>A blob being written: bytes go in, the digest is computed on the way, and only a verified blob comes out.</summary>
/// <remarks>Disposing without <see cref="CommitAsync"/> leaves nothing behind.</remarks>
public abstract class Ingest : IAsyncDisposable
{
    public abstract long BytesWritten { get; }

    public abstract ValueTask WriteAsync(ReadOnlyMemory<byte> content, CancellationToken ct);

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
