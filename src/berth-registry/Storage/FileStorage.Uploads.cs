using System.Buffers;
using System.Security.Cryptography;
using Berth.Linux.Files;
using Berth.Oci;
using Microsoft.Win32.SafeHandles;

namespace Berth.Registry.Storage;

internal sealed partial class FileStorage
{
    // Each holds a descriptor and a hash state; the bytes are on the disk, so that one put to sleep loses nothing but time.
    private const int MostAwakeUploads = 512;

    private readonly Dictionary<string, FileUpload> _uploads = new(StringComparer.Ordinal);

    public Upload BeginUpload(string repository, string algorithm)
    {
        string id = Guid.NewGuid().ToString("N");
        string path = RegistryPaths.Upload(repository, id);
        return Awake(new FileUpload(this, repository, id, algorithm, path, _root.Create(path)));
    }

    public Upload? FindUpload(string repository, string id)
    {
        if (!Guid.TryParseExact(id, "N", out _))
        {
            return null;
        }

        string path = RegistryPaths.Upload(repository, id);
        lock (_uploads)
        {
            if (_uploads.TryGetValue(path, out FileUpload? awake))
            {
                awake.LastUsed = _time.GetUtcNow();
                return awake;
            }

            if (_root.TryOpenAppend(path) is not { } file)
            {
                return null;
            }

            var upload = new FileUpload(this, repository, id, "sha256", path, file);
            if (upload.Length > 0)
            {
                upload.ForgetHash();
            }

            return Awake(upload);
        }
    }

    private FileUpload Awake(FileUpload upload)
    {
        lock (_uploads)
        {
            if (_uploads.Count >= MostAwakeUploads && _uploads.Values.Where(other => other.IsIdle).MinBy(other => other.LastUsed) is { } oldest)
            {
                oldest.TrySleep();
            }

            upload.LastUsed = _time.GetUtcNow();
            return _uploads[upload.Path] = upload;
        }
    }

    private void ForgetUpload(string path)
    {
        lock (_uploads)
        {
            _uploads.Remove(path);
        }
    }

    private sealed class FileUpload(FileStorage storage, string repository, string id, string algorithm, string path, SafeFileHandle file)
        : Upload(repository, id, algorithm)
    {
        private const int WriteBackStep = 8 << 20;
        private const int ReplayStep = 1 << 20;

        private long _length = RandomAccess.GetLength(file);
        private long _writtenBack;

        public string Path { get; } = path;

        public override long Length => _length;

        /// <summary>Gives back descriptor and hash where nobody works on it; the next request finds it on the disk.</summary>
        public bool TrySleep() => TryEnd(null);

        /// <summary>Removes it where nobody works on it.</summary>
        public bool TryAbandon() => TryEnd(Discard);

        public override void Dispose()
        {
            base.Dispose();
            file.Dispose();
            storage.ForgetUpload(Path);
        }

        protected override void Write(ReadOnlySequence<byte> batch)
        {
            if (batch.IsSingleSegment)
            {
                RandomAccess.Write(file, batch.First.Span, _length);
            }
            else
            {
                var segments = new List<ReadOnlyMemory<byte>>();
                foreach (ReadOnlyMemory<byte> segment in batch)
                {
                    segments.Add(segment);
                }

                RandomAccess.Write(file, segments, _length);
            }

            _length += batch.Length;
            if (_length - _writtenBack >= WriteBackStep)
            {
                // So that the fsync at the end finds little to do.
                FileCalls.BeginWriteBack(file, _writtenBack, _length - _writtenBack);
                _writtenBack = _length;
            }
        }

        protected override void Truncate(long length)
        {
            FileCalls.Truncate(file, length);
            _length = length;
            _writtenBack = Math.Min(_writtenBack, length);
        }

        protected override void Replay(IncrementalHash hash)
        {
            byte[] buffer = ArrayPool<byte>.Shared.Rent(ReplayStep);
            long offset = 0;
            int count;
            while ((count = RandomAccess.Read(file, buffer, offset)) > 0)
            {
                hash.AppendData(buffer, 0, count);
                offset += count;
            }

            ArrayPool<byte>.Shared.Return(buffer);
        }

        protected override void Store(Digest digest)
        {
            FileCalls.Synchronize(file);
            storage.AddBlob(Repository, digest, Path);
        }

        protected override void Discard() => storage._root.Remove(Path);
    }
}
