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
///   parent                             see WritableDirectories
/// </code>
/// </remarks>
internal sealed class OverlaySnapshotter : ISnapshotter
{
    /// <summary>overlayfs features that are turned off, whatever the host's defaults.</summary>
    /// <remarks>
    /// With <c>redirect_dir</c> or <c>metacopy</c> the upper directory would not hold all of what changed, so that a commit lost it;
    /// with <c>index</c> a directory could not be mounted again after an unclean end. moby 28: daemon/graphdriver/overlay2/overlay.go.
    /// </remarks>
    private static readonly string[] Features = ["index=off", "redirect_dir=nofollow", "metacopy=off"];

    private readonly LayerStore _layers;
    private readonly WritableDirectories _writables;
    private readonly string _empty;

    public OverlaySnapshotter(string root)
    {
        _layers = new LayerStore(root);
        _writables = new WritableDirectories(root, _layers);
        _empty = Directory.CreateDirectory(Path.Combine(root, "empty")).FullName;
    }

    public string Name => "overlayfs";

    public bool HasLayer(Digest chainId) => _layers.Find(chainId) is not null;

    public long SizeOf(Digest chainId) => _layers.Find(chainId)?.SizeBytes ?? 0;

    public Digest? ParentOf(Digest chainId) => _layers.Find(chainId)?.Parent;

    public ILayerStaging StageLayer(Digest? parent) => _layers.Stage(parent);

    public IEnumerable<Digest> Layers() => _layers.All();

    public void RemoveLayer(Digest chainId) => _layers.Remove(chainId, _writables.IsParent);

    public void CreateWritable(string containerId, Digest? parent)
    {
        string? below = parent is { } chainId
            ? (_layers.Find(chainId) ?? throw new InvalidOperationException($"layer {chainId} is not unpacked")).Content : null;
        _writables.Create(containerId, parent, upper =>
        {
            Directory.CreateDirectory(Work(containerId));
            if (below is not null)
            {
                RootOwner.Copy(below, upper);
            }
        });
    }

    public Mount RootMount(string containerId)
    {
        IReadOnlyList<LayerStore.Layer> chain = _layers.Chain(ParentOfWritable(containerId));
        string lower = chain.Count == 0 ? Escape(_empty) : string.Join(':', chain.Select(l => Escape(l.Content)));
        return new Mount("overlay", "overlay",
            ["lowerdir=" + lower, "upperdir=" + WritableDirectory(containerId), "workdir=" + Work(containerId), .. Features]);
    }

    public string WritableDirectory(string containerId) => _writables.Root(containerId);

    public Digest? ParentOfWritable(string containerId) => _writables.ParentOf(containerId);

    public void WriteDiff(string containerId, Stream tar) => LayerDiff.Write(WritableDirectory(containerId), tar, CancellationToken.None);

    public void RemoveWritable(string containerId) => _writables.Remove(containerId);

    public IEnumerable<string> Writables() => _writables.All();

    private string Work(string containerId) => Path.Combine(_writables.Of(containerId), "work");

    private static string Escape(string path) => path.Replace("\\", "\\\\", StringComparison.Ordinal).Replace(":", "\\:", StringComparison.Ordinal);
}
