using Berth.Linux.Mounts;
using Berth.Oci;

namespace Berth.Engine.Snapshots;

/// <summary>Layers piled up by overlayfs: nothing is copied for a container, however large its image is.</summary>
/// <remarks>
/// <code>
/// layers/, staging/, trash/            see LayerStore
/// empty/                               what a container from nothing stands on
/// containers/&lt;container id&gt;/
///   fs/ work/                          overlayfs's upper and work directory
///   parent                             a symbolic link whose text is the chain ID below, or "none"; made last
/// </code>
/// Making a container's layer is three directories and a link, without an fsync: what a power cut takes was never started.
/// </remarks>
internal sealed class OverlaySnapshotter : ISnapshotter
{
    private const string NoParent = "none";

    /// <summary>overlayfs features that are turned off, whatever the host's defaults.</summary>
    /// <remarks>
    /// With <c>redirect_dir</c> or <c>metacopy</c> the upper directory would not hold all of what changed, so that a commit lost it;
    /// with <c>index</c> a directory could not be mounted again after an unclean end. moby 28: daemon/graphdriver/overlay2/overlay.go.
    /// </remarks>
    private static readonly string[] Features = ["index=off", "redirect_dir=nofollow", "metacopy=off"];

    private readonly LayerStore _layers;
    private readonly string _containers;
    private readonly string _empty;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Digest?> _writables = new(StringComparer.Ordinal);

    public OverlaySnapshotter(string root)
    {
        _layers = new LayerStore(root);
        _containers = Path.Combine(root, "containers");
        _empty = Path.Combine(root, "empty");
        Directory.CreateDirectory(_containers);
        Directory.CreateDirectory(_empty);
        foreach (string directory in Directory.EnumerateDirectories(_containers))
        {
            if (new FileInfo(Path.Combine(directory, "parent")).LinkTarget is { } parent)
            {
                _writables[Path.GetFileName(directory)] = Digest.TryParse(parent, out Digest chainId) ? chainId : null;
            }
            else
            {
                _layers.Discard(directory);
            }
        }
    }

    public string Name => "overlayfs";

    public bool HasLayer(Digest chainId) => _layers.Find(chainId) is not null;

    public long SizeOf(Digest chainId) => _layers.Find(chainId)?.SizeBytes ?? 0;

    public Digest? ParentOf(Digest chainId) => _layers.Find(chainId)?.Parent;

    public ILayerStaging StageLayer(Digest? parent) => _layers.Stage(parent);

    public IEnumerable<Digest> Layers() => _layers.All();

    public void RemoveLayer(Digest chainId) => _layers.Remove(chainId, IsUsed);

    public void CreateWritable(string containerId, Digest? parent)
    {
        LayerStore.Layer? below = parent is { } chainId
            ? _layers.Find(chainId) ?? throw new InvalidOperationException($"layer {chainId} is not unpacked")
            : null;
        lock (_lock)
        {
            _writables.Add(containerId, parent);
        }

        string directory = Path.Combine(_containers, containerId);
        try
        {
            Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute);
            string upper = Path.Combine(directory, "fs");
            Directory.CreateDirectory(upper);
            Directory.CreateDirectory(Path.Combine(directory, "work"));
            if (below is not null)
            {
                RootOwner.Copy(below.Content, upper);
            }

            File.CreateSymbolicLink(Path.Combine(directory, "parent"), parent?.ToString() ?? NoParent);
        }
        catch
        {
            RemoveWritable(containerId);
            throw;
        }
    }

    public Mount RootMount(string containerId)
    {
        IReadOnlyList<LayerStore.Layer> chain = _layers.Chain(ParentOfWritable(containerId));
        string directory = Path.Combine(_containers, containerId);
        string lower = chain.Count == 0 ? Escape(_empty) : string.Join(':', chain.Select(l => Escape(l.Content)));
        return new Mount("overlay", "overlay",
        [
            "lowerdir=" + lower,
            "upperdir=" + Path.Combine(directory, "fs"),
            "workdir=" + Path.Combine(directory, "work"),
            .. Features,
        ]);
    }

    public string WritableDirectory(string containerId) => Path.Combine(_containers, containerId, "fs");

    public Digest? ParentOfWritable(string containerId)
    {
        lock (_lock)
        {
            return _writables.TryGetValue(containerId, out Digest? parent)
                ? parent : throw new InvalidOperationException($"container {containerId} has no writable layer");
        }
    }

    public void WriteDiff(string containerId, Stream tar) => LayerDiff.Write(WritableDirectory(containerId), tar, CancellationToken.None);

    public void RemoveWritable(string containerId)
    {
        string directory = Path.Combine(_containers, containerId);
        if (Directory.Exists(directory))
        {
            _layers.Discard(directory);
        }

        lock (_lock)
        {
            _writables.Remove(containerId);
        }
    }

    public IEnumerable<string> Writables()
    {
        lock (_lock)
        {
            return [.. _writables.Keys];
        }
    }

    private bool IsUsed(Digest chainId)
    {
        lock (_lock)
        {
            return _writables.ContainsValue(chainId);
        }
    }

    private static string Escape(string path) => path.Replace("\\", "\\\\", StringComparison.Ordinal).Replace(":", "\\:", StringComparison.Ordinal);
}
