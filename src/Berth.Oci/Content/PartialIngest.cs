namespace Berth.Oci.Content;

/// <summary>A blob on its way that survives a cut connection. Disposing without commit keeps what came for the next attempt.</summary>
public abstract class PartialIngest : Ingest
{
    /// <summary>Hands over what earlier attempts brought, in order, hashing it again: the disk is not trusted with it.</summary>
    /// <remarks>Once, before the first write; <see cref="Ingest.BytesWritten"/> tells beforehand how much there is.</remarks>
    public abstract ValueTask ReplayAsync(Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask> consume, CancellationToken ct);

    /// <summary>Forgets what came and starts over from the first byte.</summary>
    public abstract void Restart();
}
