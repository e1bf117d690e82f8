using System.Collections.Concurrent;

namespace Berth.Oci.Content;

/// <summary>Blobs in memory: for tests, and for what is too small and short-lived for a disk.</summary>
public sealed class MemoryContentStore : IContentStore
{
    private readonly ConcurrentDictionary<Digest, byte[]> _blobs = new();
    private readonly ConcurrentDictionary<Digest, byte[]> _partials = new();
    private readonly HashSet<Digest> _transfers = [];

    public long? SizeOf(Digest digest) => _blobs.TryGetValue(digest, out byte[]? content) ? content.Length : null;

    public Stream OpenRead(Digest digest) => _blobs.TryGetValue(digest, out byte[]? content)
        ? new MemoryStream(content, writable: false)
        : throw new FileNotFoundException($"no blob {digest}");

    public Ingest BeginIngest(Digest? expected) => new MemoryIngest(this, expected, keep: false);

    public PartialIngest ResumeIngest(Digest expected)
    {
        lock (_transfers)
        {
            return _transfers.Add(expected)
                ? new MemoryIngest(this, expected, keep: true)
                : throw new InvalidOperationException($"{expected} is being transferred already");
        }
    }

    public void ForgetPartial(Digest expected) => _partials.TryRemove(expected, out _);

    public IEnumerable<Digest> Enumerate() => _blobs.Keys;

    public void Delete(Digest digest) => _blobs.TryRemove(digest, out _);

    private sealed class MemoryIngest : PartialIngest
    {
        private readonly MemoryContentStore _store;
        private readonly Digest? _expected;
        private readonly bool _keep;
        private readonly MemoryStream _content = new();
        private bool _replayed = true;
        private bool _finished;

        public MemoryIngest(MemoryContentStore store, Digest? expected, bool keep)
        {
            (_store, _expected, _keep) = (store, expected, keep);
            if (keep && expected is { } digest && store._partials.TryRemove(digest, out byte[]? partial))
            {
                _content.Write(partial);
                _replayed = false;
            }
        }

        public override long BytesWritten => _content.Length;

        public override async ValueTask ReplayAsync(Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask> consume, CancellationToken ct)
        {
            if (!_replayed)
            {
                await consume(_content.ToArray(), ct).ConfigureAwait(false);
                _replayed = true;
            }
        }

        public override void Restart()
        {
            _content.SetLength(0);
            _replayed = true;
        }

        public override void Write(ReadOnlySpan<byte> content)
        {
            if (!_replayed)
            {
                throw new InvalidOperationException("what is there must be replayed first");
            }

            _content.Write(content);
        }

        public override ValueTask<Digest> CommitAsync(CancellationToken ct)
        {
            _finished = true;
            byte[] content = _content.ToArray();
            using var hash = new ContentHash(_expected);
            hash.Append(content);
            Digest actual = hash.Finish();
            if (_expected is { } expected && expected != actual)
            {
                throw new DigestMismatchException(expected, actual);
            }

            _store._blobs[actual] = content;
            return ValueTask.FromResult(actual);
        }

        public override ValueTask DisposeAsync()
        {
            if (_keep && _expected is { } expected)
            {
                if (!_finished && _content.Length > 0)
                {
                    _store._partials[expected] = _content.ToArray();
                }

                lock (_store._transfers)
                {
                    _store._transfers.Remove(expected);
                }
            }

            return ValueTask.CompletedTask;
        }
    }
}
