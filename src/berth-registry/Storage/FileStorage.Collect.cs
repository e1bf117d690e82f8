using Berth.Oci;

namespace Berth.Registry.Storage;

internal sealed partial class FileStorage
{
    /// <summary>
    /// 1. Uploads that nobody goes on with. 2. Per repository, blobs that no manifest names and referrers without manifest.
    /// 3. Pool names that no repository shares. Each step can be interrupted anywhere and is right on its own.
    /// </summary>
    public void Collect(CancellationToken ct)
    {
        CollectUploads(ct);
        foreach (string name in _root.List(RegistryPaths.Repositories) ?? [])
        {
            ct.ThrowIfCancellationRequested();
            try
            {
                CollectRepository(RegistryPaths.RepositoryOf(name));
            }
            catch (Exception e) when (e is InvalidDataException or RegistryFailure)
            {
                // What its damaged manifest names is not known, so nothing of this repository goes.
                _log.RepositorySkipped(RegistryPaths.RepositoryOf(name), e);
            }
        }

        CollectPool(ct);
    }

    private void CollectUploads(CancellationToken ct)
    {
        DateTimeOffset oldest = _time.GetUtcNow() - _options.UploadLife;
        foreach (string name in _root.List(RegistryPaths.Uploads) ?? [])
        {
            ct.ThrowIfCancellationRequested();
            string path = $"{RegistryPaths.Uploads}/{name}";
            if (!IsOlder(path, oldest))
            {
                continue;
            }

            lock (_uploads)
            {
                bool isGone = _uploads.TryGetValue(path, out FileUpload? awake) ? awake.TryAbandon() : _root.Remove(path);
                if (isGone)
                {
                    _log.UploadAbandoned(name);
                }
            }
        }
    }

    private void CollectRepository(string repository)
    {
        DateTimeOffset oldest = _time.GetUtcNow() - _options.BlobGrace;
        var candidates = new HashSet<Digest>();
        foreach (string name in _root.List(RegistryPaths.Blobs(repository)) ?? [])
        {
            if (RegistryPaths.TryParseName(name, out Digest digest) && IsOlder(RegistryPaths.Blob(repository, digest), oldest))
            {
                candidates.Add(digest);
            }
        }

        // Marked under the lock, so that no manifest comes in between mark and sweep; only where there is something to sweep.
        lock (LockOf(repository))
        {
            if (candidates.Count > 0)
            {
                candidates.ExceptWith(BlobsInUse(repository));
                Sweep(repository, candidates, oldest);
            }

            RemoveEmptyDirectories(repository);
        }
    }

    private HashSet<Digest> BlobsInUse(string repository)
    {
        var used = new HashSet<Digest>();
        foreach (string name in _root.List(RegistryPaths.Manifests(repository)) ?? [])
        {
            if (RegistryPaths.TryParseName(name, out Digest digest) && ReadUncached(RegistryPaths.Manifest(repository, digest)) is { } manifest)
            {
                ManifestContent content = ManifestContent.Parse(manifest.Content, manifest.MediaType);
                used.UnionWith(content.Blobs);
                used.UnionWith(content.OptionalBlobs);
            }
        }

        return used;
    }

    private void Sweep(string repository, HashSet<Digest> unused, DateTimeOffset oldest)
    {
        foreach (Digest digest in unused)
        {
            lock (_poolLock)
            {
                // Asked for since the first look: it stays.
                if (IsOlder(RegistryPaths.Blob(repository, digest), oldest) && _root.Remove(RegistryPaths.Blob(repository, digest)))
                {
                    RemoveFromPoolIfUnused(RegistryPaths.PoolBlob(digest));
                    _log.BlobCollected(repository, digest);
                }
            }
        }
    }

    private void RemoveEmptyDirectories(string repository)
    {
        foreach (string name in _root.List(RegistryPaths.AllReferrers(repository)) ?? [])
        {
            if (RegistryPaths.TryParseName(name, out Digest subject))
            {
                foreach (string referrer in _root.List(RegistryPaths.Referrers(repository, subject)) ?? [])
                {
                    if (RegistryPaths.TryParseName(referrer, out Digest digest) && !Exists(RegistryPaths.Manifest(repository, digest)))
                    {
                        _root.Remove(RegistryPaths.Referrer(repository, subject, digest));
                    }
                }

                _root.RemoveDirectoryIfEmpty(RegistryPaths.Referrers(repository, subject));
            }
        }

        foreach (string directory in (string[])
            [RegistryPaths.AllReferrers(repository), RegistryPaths.Tags(repository), RegistryPaths.Manifests(repository), RegistryPaths.Blobs(repository), RegistryPaths.Repository(repository)])
        {
            _root.RemoveDirectoryIfEmpty(directory);
        }
    }

    private void CollectPool(CancellationToken ct)
    {
        foreach (string algorithm in _root.List(RegistryPaths.Pool) ?? [])
        {
            foreach (string shard in _root.List($"{RegistryPaths.Pool}/{algorithm}") ?? [])
            {
                ct.ThrowIfCancellationRequested();
                foreach (string name in _root.List($"{RegistryPaths.Pool}/{algorithm}/{shard}") ?? [])
                {
                    lock (_poolLock)
                    {
                        RemoveFromPoolIfUnused($"{RegistryPaths.Pool}/{algorithm}/{shard}/{name}");
                    }
                }
            }
        }
    }

    private bool IsOlder(string path, DateTimeOffset time) =>
        _root.Status(path) is { } status && status.Modified.ToDateTimeOffset() < time;
}
