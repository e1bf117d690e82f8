using Berth.Linux.Files;
using Microsoft.Win32.SafeHandles;

namespace Berth.Registry.Storage;

/// <summary>A registry in a directory, drawn in <see cref="RegistryPaths"/>.</summary>
/// <remarks>
/// The order of every write: content under a name nobody looks for, fsync, the name, fsync of its directory, and only then the answer.
/// Locks are held for names only, never while the disk is waited for.
/// </remarks>
internal sealed partial class FileStorage : IRegistryStorage
{
    private const int Stripes = 64;
    private const long CacheCapacity = 64 << 20;

    private readonly StorageRoot _root;
    private readonly RegistryOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly ManifestCache _cache = new(CacheCapacity);
    private readonly Lock _poolLock = new();
    private readonly Lock[] _repositoryLocks = [.. Enumerable.Range(0, Stripes).Select(_ => new Lock())];

    private FileStorage(StorageRoot root, RegistryOptions options, TimeProvider time, ILogger log) =>
        (_root, _options, _time, _log) = (root, options, time, log);

    /// <exception cref="IOException">The directory cannot be used, or another registry uses it.</exception>
    public static FileStorage Open(string path, RegistryOptions options, TimeProvider time, ILogger log)
    {
        StorageRoot root = StorageRoot.Open(path);
        foreach (string directory in (string[])[RegistryPaths.Staging, RegistryPaths.Uploads, RegistryPaths.Pool, RegistryPaths.Repositories])
        {
            root.EnsureDirectory(directory);
        }

        // Never named, so never promised: what an earlier process was writing when it ended.
        foreach (string name in root.List(RegistryPaths.Staging) ?? [])
        {
            root.Remove($"{RegistryPaths.Staging}/{name}");
        }

        return new FileStorage(root, options, time, log);
    }

    public void Dispose()
    {
        lock (_uploads)
        {
            foreach (FileUpload upload in _uploads.Values.ToList())
            {
                upload.Dispose();
            }
        }

        _root.Dispose();
    }

    public IReadOnlyList<string> ListRepositories(string? after, int limit)
    {
        var repositories = new List<string>();
        IEnumerable<string> names = (_root.List(RegistryPaths.Repositories) ?? []).Select(RegistryPaths.RepositoryOf)
            .Where(name => after is null || string.CompareOrdinal(name, after) > 0).Order(StringComparer.Ordinal);
        foreach (string name in names)
        {
            if (repositories.Count == limit)
            {
                break;
            }

            if (_root.Status(RegistryPaths.Manifests(name)) is not null)
            {
                repositories.Add(name);
            }
        }

        return repositories;
    }

    private Lock LockOf(string repository) => _repositoryLocks[(uint)string.GetHashCode(repository, StringComparison.Ordinal) % Stripes];

    /// <summary>Writes a file that has no name yet that anybody looks for; its content is durable when this returns.</summary>
    private string Stage(ReadOnlySpan<byte> content)
    {
        string path = RegistryPaths.NewStaging();
        using SafeFileHandle file = _root.Create(path);
        try
        {
            FileCalls.Write(file, content);
            FileCalls.Synchronize(file);
            return path;
        }
        catch
        {
            _root.Remove(path);
            throw;
        }
    }

    private bool Exists(string path) => _root.Status(path) is not null;
}
