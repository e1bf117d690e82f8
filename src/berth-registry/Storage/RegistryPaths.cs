using System.Security.Cryptography;
using System.Text;
using Berth.Oci;

namespace Berth.Registry.Storage;

/// <summary>The drawing of a registry's root; nobody else joins paths. All are relative to the root.</summary>
/// <remarks>
/// <code>
/// lock                                     held by the process that serves the root
/// staging/                                 files before they get a name; emptied at start
/// uploads/ID.OWNER                         bytes received so far; OWNER is a short hash of the repository
/// blobs/sha256/ab/abcd…                    every blob once; a further name of the files below, to find one by its content
/// repositories/library+postgres/           "/" in a repository's name is written "+", which no name contains
///     blobs/sha256-abcd…                   the blobs that the repository may read: hard links
///     manifests/sha256-abcd…               digest and media type in the first line, then the manifest's bytes
///     tags/15-alpine                       hard link to a file in manifests
///     referrers/sha256-abcd…/sha256-ef01…  empty: the second refers to the first
/// </code>
/// See docs/adr/0004-registry-on-disk.md for what this order of things promises.
/// </remarks>
internal static class RegistryPaths
{
    public const string Lock = "lock";
    public const string Staging = "staging";
    public const string Uploads = "uploads";
    public const string Pool = "blobs";
    public const string Repositories = "repositories";

    public static string NewStaging() => $"{Staging}/{Guid.NewGuid():N}";

    public static string Upload(string repository, string id) => $"{Uploads}/{id}.{OwnerOf(repository)}";

    public static string PoolDirectory(Digest digest) => $"{Pool}/{digest.Algorithm}/{digest.Hex[..2]}";

    public static string PoolBlob(Digest digest) => $"{PoolDirectory(digest)}/{digest.Hex}";

    public static string Repository(string repository) => $"{Repositories}/{repository.Replace('/', '+')}";

    public static string RepositoryOf(string directoryName) => directoryName.Replace('+', '/');

    public static string Blobs(string repository) => $"{Repository(repository)}/blobs";

    public static string Blob(string repository, Digest digest) => $"{Blobs(repository)}/{NameOf(digest)}";

    public static string Manifests(string repository) => $"{Repository(repository)}/manifests";

    public static string Manifest(string repository, Digest digest) => $"{Manifests(repository)}/{NameOf(digest)}";

    public static string Tags(string repository) => $"{Repository(repository)}/tags";

    public static string Tag(string repository, string tag) => $"{Tags(repository)}/{tag}";

    public static string AllReferrers(string repository) => $"{Repository(repository)}/referrers";

    public static string Referrers(string repository, Digest subject) => $"{AllReferrers(repository)}/{NameOf(subject)}";

    public static string Referrer(string repository, Digest subject, Digest digest) => $"{Referrers(repository, subject)}/{NameOf(digest)}";

    public static string NameOf(Digest digest) => digest.ToString().Replace(':', '-');

    public static bool TryParseName(string fileName, out Digest digest)
    {
        int dash = fileName.IndexOf('-', StringComparison.Ordinal);
        digest = default;
        return dash > 0 && Digest.TryParse($"{fileName[..dash]}:{fileName[(dash + 1)..]}", out digest);
    }

    // An upload is only found through the repository that it was begun in.
    private static string OwnerOf(string repository) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(repository)).AsSpan(0, 8));
}
