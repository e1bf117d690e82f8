using System.Security.Cryptography;

namespace Berth.Oci.Content;

/// <summary>A digest being computed.</summary>
public sealed class ContentHash : IDisposable
{
    private readonly bool _sha512;
    private readonly IncrementalHash _hash;

    /// <param name="expected">Its algorithm is used; sha256 where nothing is expected.</param>
    public ContentHash(Digest? expected = null)
    {
        _sha512 = expected?.Algorithm == "sha512";
        _hash = IncrementalHash.CreateHash(_sha512 ? HashAlgorithmName.SHA512 : HashAlgorithmName.SHA256);
    }

    public void Append(ReadOnlySpan<byte> content) => _hash.AppendData(content);

    /// <summary>The digest of all that was appended; starts over.</summary>
    public Digest Finish() => _sha512 ? Digest.FromSha512(_hash.GetHashAndReset()) : Digest.FromSha256(_hash.GetHashAndReset());

    public void Dispose() => _hash.Dispose();
}
