using System.Buffers;
using System.Security.Cryptography;
using Berth.Oci;

namespace Berth.Registry.Storage;

/// <summary>A registry that forgets everything when its process ends. One lock: nothing here waits.</summary>
internal sealed class MemoryStorage(RegistryOptions options, TimeProvider time) : IRegistryStorage
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Repository> _repositories = new(StringComparer.Ordinal);
    private readonly Dictionary<string, MemoryUpload> _uploads = new(StringComparer.Ordinal);

    public void Dispose()
    {
    }

    public long? SizeOfBlob(string repository, Digest digest)
    {
        lock (_lock)
        {
            return Find(repository)?.Touch(digest, Now)?.Length;
        }
    }

    public BlobReader? OpenBlob(string repository, Digest digest)
    {
        lock (_lock)
        {
            return Find(repository) is { } found && found.Blobs.TryGetValue(digest, out Blob? blob) ? new MemoryBlob(blob.Content) : null;
        }
    }

    public bool MountBlob(string repository, Digest digest, string? from)
    {
        lock (_lock)
        {
            IEnumerable<Repository> sources = from is null ? _repositories.Values : Find(from) is { } source ? [source] : [];
            byte[]? content = sources.Select(candidate => candidate.Blobs.GetValueOrDefault(digest)?.Content).FirstOrDefault(found => found is not null);
            if (content is null)
            {
                return false;
            }

            Require(repository).Blobs[digest] = new Blob(content, Now);
            return true;
        }
    }

    public bool DeleteBlob(string repository, Digest digest)
    {
        lock (_lock)
        {
            return Find(repository)?.Blobs.Remove(digest) ?? false;
        }
    }

    public Upload BeginUpload(string repository, string algorithm)
    {
        string id = Guid.NewGuid().ToString("N");
        lock (_lock)
        {
            return _uploads[id] = new MemoryUpload(this, repository, id, algorithm) { LastUsed = Now };
        }
    }

    public Upload? FindUpload(string repository, string id)
    {
        lock (_lock)
        {
            if (!_uploads.TryGetValue(id, out MemoryUpload? upload) || upload.Repository != repository)
            {
                return null;
            }

            upload.LastUsed = Now;
            return upload;
        }
    }

    public StoredManifest? ReadManifest(string repository, Digest digest)
    {
        lock (_lock)
        {
            return Find(repository)?.Manifests.GetValueOrDefault(digest);
        }
    }

    public StoredManifest? ReadManifest(string repository, string tag)
    {
        lock (_lock)
        {
            return Find(repository) is { } found && found.Tags.TryGetValue(tag, out Digest digest) ? found.Manifests.GetValueOrDefault(digest) : null;
        }
    }

    public void PutManifest(string repository, StoredManifest manifest, ManifestContent content, IReadOnlyList<string> tags)
    {
        lock (_lock)
        {
            Repository target = Require(repository);
            IEnumerable<Digest> missing = content.Blobs.Where(blob => !target.Blobs.ContainsKey(blob))
                .Concat(content.Manifests.Where(child => !target.Manifests.ContainsKey(child)));
            foreach (Digest digest in missing)
            {
                throw new RegistryFailure(RegistryErrors.ManifestBlobUnknown, digest.ToString());
            }

            target.Manifests[manifest.Digest] = manifest;
            target.Contents[manifest.Digest] = content;
            foreach (string tag in tags)
            {
                target.Tags[tag] = manifest.Digest;
            }
        }
    }

    public bool DeleteManifest(string repository, Digest digest)
    {
        lock (_lock)
        {
            if (Find(repository) is not { } found || !found.Manifests.Remove(digest))
            {
                return false;
            }

            found.Contents.Remove(digest);
            foreach (string tag in found.Tags.Where(tag => tag.Value == digest).Select(tag => tag.Key).ToList())
            {
                found.Tags.Remove(tag);
            }

            return true;
        }
    }

    public bool DeleteTag(string repository, string tag)
    {
        lock (_lock)
        {
            return Find(repository)?.Tags.Remove(tag) ?? false;
        }
    }

    public IReadOnlyList<string>? ListTags(string repository, string? after, int limit)
    {
        lock (_lock)
        {
            return Find(repository) is { } found ? [.. After(found.Tags.Keys, after).Take(limit)] : null;
        }
    }

    public IReadOnlyList<string> ListRepositories(string? after, int limit)
    {
        lock (_lock)
        {
            return [.. After(_repositories.Where(entry => entry.Value.Manifests.Count > 0).Select(entry => entry.Key), after).Take(limit)];
        }
    }

    public IReadOnlyList<Digest> ListReferrers(string repository, Digest subject, Digest? after, int limit)
    {
        lock (_lock)
        {
            return Find(repository) is not { } found ? [] :
            [
                .. found.Contents.Where(entry => entry.Value.Subject == subject && (after is null || entry.Key > after.Value))
                    .Select(entry => entry.Key).Order().Take(limit),
            ];
        }
    }

    public void Collect(CancellationToken ct)
    {
        lock (_lock)
        {
            foreach (MemoryUpload upload in _uploads.Values.Where(upload => upload.LastUsed < Now - options.UploadLife).ToList())
            {
                upload.TryAbandon();
            }

            foreach ((string name, Repository repository) in _repositories.ToList())
            {
                repository.Sweep(Now - options.BlobGrace);
                if (repository is { Blobs.Count: 0, Manifests.Count: 0 })
                {
                    _repositories.Remove(name);
                }
            }
        }
    }

    private DateTimeOffset Now => time.GetUtcNow();

    private static IEnumerable<string> After(IEnumerable<string> names, string? after) =>
        names.Where(name => after is null || string.CompareOrdinal(name, after) > 0).Order(StringComparer.Ordinal);

    private Repository? Find(string repository) => _repositories.GetValueOrDefault(repository);

    private Repository Require(string repository)
    {
        if (!_repositories.TryGetValue(repository, out Repository? found))
        {
            _repositories[repository] = found = new Repository();
        }

        return found;
    }

    private sealed record Blob(byte[] Content, DateTimeOffset Wanted);

    private sealed class Repository
    {
        public Dictionary<Digest, Blob> Blobs { get; } = [];

        public Dictionary<Digest, StoredManifest> Manifests { get; } = [];

        public Dictionary<Digest, ManifestContent> Contents { get; } = [];

        public Dictionary<string, Digest> Tags { get; } = new(StringComparer.Ordinal);

        public byte[]? Touch(Digest digest, DateTimeOffset now)
        {
            if (!Blobs.TryGetValue(digest, out Blob? blob))
            {
                return null;
            }

            Blobs[digest] = blob with { Wanted = now };
            return blob.Content;
        }

        public void Sweep(DateTimeOffset oldest)
        {
            HashSet<Digest> used = [.. Contents.Values.SelectMany(content => content.Blobs.Concat(content.OptionalBlobs))];
            foreach (Digest digest in Blobs.Where(blob => blob.Value.Wanted < oldest && !used.Contains(blob.Key)).Select(blob => blob.Key).ToList())
            {
                Blobs.Remove(digest);
            }
        }
    }

    private sealed class MemoryBlob(byte[] content) : BlobReader
    {
        public override long Size => content.Length;

        public override int Read(long offset, Span<byte> buffer)
        {
            ReadOnlySpan<byte> rest = content.AsSpan((int)offset);
            int count = Math.Min(rest.Length, buffer.Length);
            rest[..count].CopyTo(buffer);
            return count;
        }

        public override void Dispose()
        {
        }
    }

    private sealed class MemoryUpload(MemoryStorage storage, string repository, string id, string algorithm) : Upload(repository, id, algorithm)
    {
        private readonly MemoryStream _content = new();

        public override long Length => _content.Length;

        public bool TryAbandon() => TryEnd(Discard);

        protected override void Write(ReadOnlySequence<byte> batch)
        {
            foreach (ReadOnlyMemory<byte> segment in batch)
            {
                _content.Write(segment.Span);
            }
        }

        protected override void Truncate(long length) => _content.SetLength(length);

        protected override void Replay(IncrementalHash hash) => hash.AppendData(_content.GetBuffer(), 0, (int)_content.Length);

        protected override void Store(Digest digest)
        {
            lock (storage._lock)
            {
                storage.Require(Repository).Blobs[digest] = new Blob(_content.ToArray(), storage.Now);
            }

            Discard();
        }

        protected override void Discard()
        {
            lock (storage._lock)
            {
                storage._uploads.Remove(Id);
            }
        }
    }
}
