using Berth.Linux.Files;

namespace Berth.Engine.Snapshots;

/// <summary>Begins new layers in parts of the disk where none was removed a moment ago.</summary>
/// <remarks>
/// ext4 gives an inode out again some minutes after its removal, and searches past all that wait for it: see
/// <see cref="FileCalls.TrySpreadTrees"/>. That call moves trees apart, but the part with the fewest directories is the one that was
/// emptied last. A directory made there is put aside, which counts against that part, and the next one goes elsewhere.
/// Other file systems place files by other rules; there it costs a call or none.
/// </remarks>
internal sealed class LayerPlacement(TimeProvider time)
{
    /// <summary>Inodes of a part: 16 groups of 8192, as mke2fs makes them.</summary>
    private const ulong PartSize = 16 * 8192;

    private const int MostTries = 8;

    /// <summary>Source: linux/fs/ext4/ialloc.c, RECENCY_MIN and RECENCY_DIRTY.</summary>
    private static readonly TimeSpan Memory = TimeSpan.FromSeconds(60 + 300);

    private readonly Lock _lock = new();
    private readonly Dictionary<ulong, long> _removals = [];

    /// <summary>The layer in a directory is about to be removed.</summary>
    public void WillRemove(string directory)
    {
        if (PartOf(directory) is not { } part)
        {
            return;
        }

        lock (_lock)
        {
            _removals[part] = time.GetTimestamp();
            foreach (ulong old in _removals.Where(r => time.GetElapsedTime(r.Value) > Memory).Select(r => r.Key).ToList())
            {
                _removals.Remove(old);
            }
        }
    }

    /// <summary>Makes an empty directory for a layer.</summary>
    /// <param name="next">Another path at each call: ext4 looks for a part by the name.</param>
    public string MakeDirectory(Func<string> next)
    {
        var aside = new List<string>();
        try
        {
            while (true)
            {
                string directory = Directory.CreateDirectory(next()).FullName;
                if (aside.Count == MostTries - 1 || !IsSpoiled(directory))
                {
                    return directory;
                }

                aside.Add(directory);
            }
        }
        finally
        {
            aside.ForEach(Directory.Delete);
        }
    }

    private bool IsSpoiled(string directory)
    {
        lock (_lock)
        {
            return _removals.Count > 0 && PartOf(directory) is { } part
                && _removals.TryGetValue(part, out long when) && time.GetElapsedTime(when) <= Memory;
        }
    }

    private static ulong? PartOf(string directory) => FileCalls.StatusOf(directory) is { } status ? (status.Inode - 1) / PartSize : null;
}
