using Berth.Linux;
using Berth.Oci;
using Microsoft.Win32.SafeHandles;

namespace Berth.Registry.Storage;

internal sealed partial class FileStorage
{
    public long? SizeOfBlob(string repository, Digest digest)
    {
        string path = RegistryPaths.Blob(repository, digest);
        if (_root.Status(path) is not { } status)
        {
            return null;
        }

        // Whoever asks is about to name it in a manifest; half of the grace is left to anybody who asked before.
        DateTimeOffset now = _time.GetUtcNow();
        if (now - status.Modified.ToDateTimeOffset() > _options.BlobGrace / 2)
        {
            _root.Touch(path, now);
        }

        return status.Size;
    }

    public BlobReader? OpenBlob(string repository, Digest digest) =>
        _root.TryOpenRead(RegistryPaths.Blob(repository, digest)) is { } file ? new FileBlob(file) : null;

    public bool MountBlob(string repository, Digest digest, string? from)
    {
        string target = RegistryPaths.Blob(repository, digest);
        string source = from is null ? RegistryPaths.PoolBlob(digest) : RegistryPaths.Blob(from, digest);
        _root.EnsureDirectory(RegistryPaths.Blobs(repository));
        lock (_poolLock)
        {
            // The pool's own name is one; a blob that no repository has any more is not given out again.
            if (_root.Status(source) is not { } status || (from is null && status.LinkCount < 2)
                || _root.Link(source, target) is LinkResult.Missing or LinkResult.TooMany)
            {
                return false;
            }
        }

        _root.Touch(target, _time.GetUtcNow());
        _root.Synchronize(RegistryPaths.Blobs(repository));
        return true;
    }

    public bool DeleteBlob(string repository, Digest digest)
    {
        lock (_poolLock)
        {
            if (!_root.Remove(RegistryPaths.Blob(repository, digest)))
            {
                return false;
            }

            RemoveFromPoolIfUnused(RegistryPaths.PoolBlob(digest));
        }

        _root.Synchronize(RegistryPaths.Blobs(repository));
        return true;
    }

    /// <summary>Names a received file, whose content is durable, as a blob of the repository.</summary>
    private void AddBlob(string repository, Digest digest, string received)
    {
        try
        {
            NameBlob(repository, digest, received);
        }
        catch (Exception e) when (DiskFull.IsCauseOf(e))
        {
            lock (_poolLock)
            {
                // The received file counts as a user of the pool's name, and goes with its upload.
                _root.Remove(received);
                RemoveFromPoolIfUnused(RegistryPaths.PoolBlob(digest));
            }

            throw;
        }
    }

    private void NameBlob(string repository, Digest digest, string received)
    {
        string pool = RegistryPaths.PoolBlob(digest);
        string target = RegistryPaths.Blob(repository, digest);
        _root.EnsureDirectory(RegistryPaths.PoolDirectory(digest));
        _root.EnsureDirectory(RegistryPaths.Blobs(repository));
        lock (_poolLock)
        {
            bool isKnown = _root.Link(received, pool) != LinkResult.Made;
            LinkResult named = _root.Link(pool, target);
            while (named is LinkResult.Missing)
            {
                // Removed as empty a moment ago.
                _root.EnsureDirectory(RegistryPaths.Blobs(repository));
                named = _root.Link(pool, target);
            }

            if (named is LinkResult.TooMany)
            {
                // The next repositories share this copy; those before keep theirs.
                _root.Rename(received, pool);
                _root.Link(pool, target);
            }
            else if (isKnown)
            {
                _root.Touch(target, _time.GetUtcNow());
            }

            _root.Remove(received);
        }

        _root.Synchronize(RegistryPaths.Blobs(repository));
    }

    private bool RemoveFromPoolIfUnused(string poolBlob) => _root.Status(poolBlob) is { LinkCount: 1 } && _root.Remove(poolBlob);

    private sealed class FileBlob(SafeFileHandle file) : BlobReader
    {
        public override long Size { get; } = RandomAccess.GetLength(file);

        public override int Read(long offset, Span<byte> buffer) => RandomAccess.Read(file, buffer, offset);

        public override void Dispose() => file.Dispose();
    }
}
