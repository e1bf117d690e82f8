using Berth.Oci;

namespace Berth.Registry.Storage;

/// <summary>
/// Repositories, what is in them, and uploads on their way. What a method has acknowledged by returning survives the end of the process
/// and of the machine's power; what was interrupted leaves nothing that can be seen half done.
/// </summary>
/// <remarks>Names, tags and digests are well-formed when they come here. Safe for concurrent use.</remarks>
internal interface IRegistryStorage : IDisposable
{
    /// <summary>Size in bytes of a blob of the repository, or null. A blob that was asked for is spared from collection for a while.</summary>
    long? SizeOfBlob(string repository, Digest digest);

    /// <summary>Null where the repository has no such blob, whoever else has it.</summary>
    BlobReader? OpenBlob(string repository, Digest digest);

    /// <summary>Gives the repository a blob of another one; of any one, where <paramref name="from"/> is null. False where there is none.</summary>
    bool MountBlob(string repository, Digest digest, string? from);

    /// <summary>Takes a blob from the repository; false where it has none.</summary>
    bool DeleteBlob(string repository, Digest digest);

    /// <param name="algorithm">The digest to compute while receiving: sha256 or sha512.</param>
    Upload BeginUpload(string repository, string algorithm);

    /// <summary>An upload that was begun in this repository, also by an earlier process; null where there is none.</summary>
    Upload? FindUpload(string repository, string id);

    StoredManifest? ReadManifest(string repository, Digest digest);

    StoredManifest? ReadManifest(string repository, string tag);

    /// <summary>Stores a manifest and lets the tags point to it.</summary>
    /// <exception cref="RegistryFailure">MANIFEST_BLOB_UNKNOWN: the repository lacks something that it needs.</exception>
    void PutManifest(string repository, StoredManifest manifest, ManifestContent content, IReadOnlyList<string> tags);

    /// <summary>Removes a manifest and every tag that points to it; false where there is none.</summary>
    bool DeleteManifest(string repository, Digest digest);

    bool DeleteTag(string repository, string tag);

    /// <summary>Tags after <paramref name="after"/> in the order of their bytes, at most <paramref name="limit"/>; null where there is no such repository.</summary>
    IReadOnlyList<string>? ListTags(string repository, string? after, int limit);

    /// <summary>Repositories that hold a manifest, in the order of their bytes.</summary>
    IReadOnlyList<string> ListRepositories(string? after, int limit);

    /// <summary>Manifests of the repository whose subject is <paramref name="subject"/>, in the order of their digests.</summary>
    IReadOnlyList<Digest> ListReferrers(string repository, Digest subject, Digest? after, int limit);

    /// <summary>Removes what nobody can want any more. Runs beside everything else.</summary>
    void Collect(CancellationToken ct);
}
