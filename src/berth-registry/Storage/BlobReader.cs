namespace Berth.Registry.Storage;

/// <summary>An open blob, which stays readable though it be deleted meanwhile.</summary>
internal abstract class BlobReader : IDisposable
{
    public abstract long Size { get; }

    /// <summary>Bytes read at <paramref name="offset"/>; 0 at the end.</summary>
    public abstract int Read(long offset, Span<byte> buffer);

    public abstract void Dispose();
}
