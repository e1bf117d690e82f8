namespace Berth.Oci.Content;

/// <summary>Blobs by digest. What is in the store is complete and was verified when it came in.</summary>
public interface IContentStore
{
    /// <summary>Size in bytes, or null where the blob is not here.</summary>
    long? SizeOf(Digest digest);

    /// <summary>Opens a blob for reading; the caller disposes of it.</summary>
    /// <exception cref="FileNotFoundException">The blob is not here.</exception>
    Stream OpenRead(Digest digest);

    /// <summary>Begins to write a blob. Nothing is visible before <see cref="Ingest.CommitAsync"/>.</summary>
    /// <param name="expected">The digest to verify against; null where the content decides (images made here).</param>
    Ingest BeginIngest(Digest? expected);

    /// <summary>Begins or goes on with a transfer; what came is kept when it is cut, even by the end of the process.</summary>
    /// <exception cref="InvalidOperationException">The same blob is being transferred already.</exception>
    PartialIngest ResumeIngest(Digest expected);

    /// <summary>Gives up the beginning of a transfer that was cut. One that is under way, or none, is no error: it is left alone.</summary>
    void ForgetPartial(Digest expected);

    IEnumerable<Digest> Enumerate();

    /// <summary>Removes a blob; one that is not here is no error.</summary>
    void Delete(Digest digest);
}
