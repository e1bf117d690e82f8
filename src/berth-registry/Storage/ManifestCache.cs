namespace Berth.Registry.Storage;

/// <summary>The manifests asked for last, by repository and tag or digest; verified when they came in.</summary>
/// <remarks>
/// What was read from the disk before a change must not come in after it: a reader takes <see cref="Epoch"/> first
/// and its find is turned away where something was forgotten meanwhile (the class of CVE-2026-35172).
/// </remarks>
internal sealed class ManifestCache(long capacity)
{
    private const int EntryCost = 256;

    private readonly Lock _lock = new();
    private readonly Dictionary<(string Repository, string Reference), LinkedListNode<Entry>> _entries = [];
    private readonly LinkedList<Entry> _byUse = new();
    private long _size;
    private long _epoch;

    public long Epoch => Volatile.Read(ref _epoch);

    public StoredManifest? Find(string repository, string reference)
    {
        lock (_lock)
        {
            if (!_entries.TryGetValue((repository, reference), out LinkedListNode<Entry>? node))
            {
                return null;
            }

            _byUse.Remove(node);
            _byUse.AddFirst(node);
            return node.Value.Manifest;
        }
    }

    public void Add(string repository, string reference, StoredManifest manifest, long epoch)
    {
        long cost = manifest.Content.Length + EntryCost;
        lock (_lock)
        {
            if (epoch != _epoch || cost > capacity / 4 || _entries.ContainsKey((repository, reference)))
            {
                return;
            }

            _entries[(repository, reference)] = _byUse.AddFirst(new Entry(repository, reference, manifest, cost));
            _size += cost;
            while (_size > capacity && _byUse.Last is { } oldest)
            {
                Drop(oldest);
            }
        }
    }

    public void Forget(string repository, string reference)
    {
        lock (_lock)
        {
            _epoch++;
            if (_entries.TryGetValue((repository, reference), out LinkedListNode<Entry>? node))
            {
                Drop(node);
            }
        }
    }

    public void ForgetAll()
    {
        lock (_lock)
        {
            _epoch++;
            _entries.Clear();
            _byUse.Clear();
            _size = 0;
        }
    }

    private void Drop(LinkedListNode<Entry> node)
    {
        _byUse.Remove(node);
        _entries.Remove((node.Value.Repository, node.Value.Reference));
        _size -= node.Value.Cost;
    }

    private sealed record Entry(string Repository, string Reference, StoredManifest Manifest, long Cost);
}
