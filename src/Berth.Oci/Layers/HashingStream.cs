using Berth.Oci.Content;

namespace Berth.Oci.Layers;

/// <summary>Computes the sha256 digest of what is read through it. The caller owns the inner stream.</summary>
public sealed class HashingStream(Stream inner) : ForwardReadStream
{
    private readonly ContentHash _hash = new();

    public override int Read(Span<byte> buffer)
    {
        int count = inner.Read(buffer);
        _hash.Append(buffer[..count]);
        return count;
    }

    /// <summary>The digest of all that was read.</summary>
    public Digest Finish() => _hash.Finish();

    protected override void Dispose(bool disposing)
    {
        _hash.Dispose();
        base.Dispose(disposing);
    }
}
