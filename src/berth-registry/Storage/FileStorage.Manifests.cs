using Berth.Oci;
using Microsoft.Win32.SafeHandles;

namespace Berth.Registry.Storage;

internal sealed partial class FileStorage
{
    public StoredManifest? ReadManifest(string repository, Digest digest) =>
        Read(repository, digest.ToString(), RegistryPaths.Manifest(repository, digest));

    public StoredManifest? ReadManifest(string repository, string tag) => Read(repository, tag, RegistryPaths.Tag(repository, tag));

    public void PutManifest(string repository, StoredManifest manifest, ManifestContent content, IReadOnlyList<string> tags)
    {
        string staged = Stage(ManifestFile.Write(manifest));
        try
        {
            lock (LockOf(repository))
            {
                Require(repository, content);
                NameManifest(repository, manifest, content, staged);
            }
        }
        finally
        {
            _root.Remove(staged);
        }

        if (content.Subject is { } subject)
        {
            _root.Synchronize(RegistryPaths.Referrers(repository, subject));
        }

        // The tag comes after its manifest on the disk too.
        _root.Synchronize(RegistryPaths.Manifests(repository));
        if (tags.Count > 0)
        {
            lock (LockOf(repository))
            {
                NameTags(repository, manifest, tags);
            }

            _root.Synchronize(RegistryPaths.Tags(repository));
        }
    }

    public bool DeleteManifest(string repository, Digest digest)
    {
        string path = RegistryPaths.Manifest(repository, digest);
        lock (LockOf(repository))
        {
            if (!Exists(path))
            {
                return false;
            }

            // Tags first: a tag whose manifest is gone must not be seen, not even after a crash.
            foreach (string tag in _root.List(RegistryPaths.Tags(repository)) ?? [])
            {
                if (DigestBehind(repository, tag) == digest)
                {
                    _root.Remove(RegistryPaths.Tag(repository, tag));
                }
            }

            RemoveReferrer(repository, digest);
            _root.Remove(path);
            _cache.ForgetAll();
            // An empty repository is not in the catalog.
            _root.RemoveDirectoryIfEmpty(RegistryPaths.Manifests(repository));
        }

        foreach (string directory in (string[])[RegistryPaths.Tags(repository), RegistryPaths.Manifests(repository), RegistryPaths.Repository(repository)])
        {
            _root.Synchronize(directory);
        }

        return true;
    }

    public bool DeleteTag(string repository, string tag)
    {
        lock (LockOf(repository))
        {
            bool wasThere = _root.Remove(RegistryPaths.Tag(repository, tag));
            _cache.Forget(repository, tag);
            if (!wasThere)
            {
                return false;
            }
        }

        _root.Synchronize(RegistryPaths.Tags(repository));
        return true;
    }

    public IReadOnlyList<string>? ListTags(string repository, string? after, int limit)
    {
        IReadOnlyList<string>? tags = _root.List(RegistryPaths.Tags(repository));
        return tags is not null
            ? [.. tags.Where(tag => after is null || string.CompareOrdinal(tag, after) > 0).Order(StringComparer.Ordinal).Take(limit)]
            : Exists(RegistryPaths.Repository(repository)) ? [] : null;
    }

    public IReadOnlyList<Digest> ListReferrers(string repository, Digest subject, Digest? after, int limit)
    {
        var referrers = new List<Digest>();
        foreach (string name in (_root.List(RegistryPaths.Referrers(repository, subject)) ?? []).Order(StringComparer.Ordinal))
        {
            if (referrers.Count == limit)
            {
                break;
            }

            if (RegistryPaths.TryParseName(name, out Digest digest) && (after is null || digest > after.Value)
                && Exists(RegistryPaths.Manifest(repository, digest)))
            {
                referrers.Add(digest);
            }
        }

        return referrers;
    }

    private StoredManifest? Read(string repository, string reference, string path)
    {
        if (_cache.Find(repository, reference) is { } cached)
        {
            return cached;
        }

        long epoch = _cache.Epoch;
        StoredManifest? manifest = ReadUncached(path);
        if (manifest is not null)
        {
            _cache.Add(repository, reference, manifest, epoch);
        }

        return manifest;
    }

    private StoredManifest? ReadUncached(string path)
    {
        using SafeFileHandle? file = _root.TryOpenRead(path);
        return file is null ? null : ManifestFile.Read(file);
    }

    private void Require(string repository, ManifestContent content)
    {
        foreach (Digest blob in content.Blobs)
        {
            if (!Exists(RegistryPaths.Blob(repository, blob)))
            {
                throw new RegistryFailure(RegistryErrors.ManifestBlobUnknown, blob.ToString());
            }
        }

        foreach (Digest manifest in content.Manifests)
        {
            if (!Exists(RegistryPaths.Manifest(repository, manifest)))
            {
                throw new RegistryFailure(RegistryErrors.ManifestBlobUnknown, manifest.ToString());
            }
        }
    }

    private void NameManifest(string repository, StoredManifest manifest, ManifestContent content, string staged)
    {
        if (content.Subject is { } subject)
        {
            _root.EnsureDirectory(RegistryPaths.Referrers(repository, subject));
            string marker = RegistryPaths.Referrer(repository, subject, manifest.Digest);
            if (!Exists(marker))
            {
                _root.Create(marker).Dispose();
            }
        }

        _root.EnsureDirectory(RegistryPaths.Manifests(repository));
        string path = RegistryPaths.Manifest(repository, manifest.Digest);
        if (_root.Link(staged, path) == LinkResult.Exists && ReadManifest(repository, manifest.Digest)?.MediaType != manifest.MediaType)
        {
            // The same bytes under the other of two types that both fit: the last push decides.
            _root.Rename(staged, path);
        }

        _cache.Forget(repository, manifest.Digest.ToString());
    }

    private void NameTags(string repository, StoredManifest manifest, IReadOnlyList<string> tags)
    {
        string path = RegistryPaths.Manifest(repository, manifest.Digest);
        _root.EnsureDirectory(RegistryPaths.Tags(repository));
        foreach (string tag in tags)
        {
            string staged = RegistryPaths.NewStaging();
            switch (_root.Link(path, staged))
            {
                case LinkResult.Missing:
                    // Deleted since it was put: as if the tag had come first.
                    return;
                case LinkResult.TooMany:
                    staged = Stage(ManifestFile.Write(manifest));
                    break;
            }

            _root.Rename(staged, RegistryPaths.Tag(repository, tag));
            _cache.Forget(repository, tag);
        }
    }

    private Digest? DigestBehind(string repository, string tag)
    {
        using SafeFileHandle? file = _root.TryOpenRead(RegistryPaths.Tag(repository, tag));
        return file is null ? null : ManifestFile.ReadDigest(file);
    }

    private void RemoveReferrer(string repository, Digest digest)
    {
        if (ReadManifest(repository, digest) is { } manifest
            && ManifestContent.Parse(manifest.Content, manifest.MediaType).Subject is { } subject)
        {
            _root.Remove(RegistryPaths.Referrer(repository, subject, digest));
            _root.RemoveDirectoryIfEmpty(RegistryPaths.Referrers(repository, subject));
        }
    }
}
