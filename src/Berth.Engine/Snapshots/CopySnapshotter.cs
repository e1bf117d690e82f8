using Berth.Linux.Mounts;
using Berth.Oci;
using Berth.Oci.Layers;

namespace Berth.Engine.Snapshots;

/// <summary>A copy of all layers for each container: slow and large, but it needs nothing of the kernel and no privileges.</summary>
/// <remarks>
/// <code>
/// layers/, staging/, trash/            see LayerStore
/// containers/&lt;container id&gt;/
///   fs/                                the whole root
///   parent                             as with OverlaySnapshotter
/// </code>
/// </remarks>
internal sealed class CopySnapshotter : ISnapshotter
{
    private readonly LayerStore _layers;
    private readonly WritableDirectories _writables;

    public CopySnapshotter(string root)
    {
        _layers = new LayerStore(root);
        _writables = new WritableDirectories(root, _layers);
    }

    public string Name => "vfs";

    public bool HasLayer(Digest chainId) => _layers.Find(chainId) is not null;

    public long SizeOf(Digest chainId) => _layers.Find(chainId)?.SizeBytes ?? 0;

    public Digest? ParentOf(Digest chainId) => _layers.Find(chainId)?.Parent;

    public ILayerStaging StageLayer(Digest? parent) => _layers.Stage(parent);

    public IEnumerable<Digest> Layers() => _layers.All();

    public void RemoveLayer(Digest chainId) => _layers.Remove(chainId, _writables.IsParent);

    public void CreateWritable(string containerId, Digest? parent)
    {
        IReadOnlyList<LayerStore.Layer> chain = _layers.Chain(parent);
        _writables.Create(containerId, parent, root =>
        {
            foreach (LayerStore.Layer layer in chain.Reverse())
            {
                Pile(layer.Content, root);
            }

            if (chain.Count > 0)
            {
                RootOwner.Copy(chain[0].Content, root);
            }
        });
    }

    public Mount RootMount(string containerId)
    {
        _writables.ParentOf(containerId);
        return new Mount("bind", WritableDirectory(containerId), ["rbind", "rw"]);
    }

    public string WritableDirectory(string containerId) => _writables.Root(containerId);

    public Digest? ParentOfWritable(string containerId) => _writables.ParentOf(containerId);

    public void WriteDiff(string containerId, Stream tar) => TreeDiff.Write(
        WritableDirectory(containerId), _layers.Chain(ParentOfWritable(containerId)).Select(l => l.Content).ToList(), tar, CancellationToken.None);

    public void RemoveWritable(string containerId) => _writables.Remove(containerId);

    public IEnumerable<string> Writables() => _writables.All();

    /// <summary>A layer onto those below: written as a tar by one thread and unpacked by another.</summary>
    private static void Pile(string layer, string root)
    {
        var handoff = new Handoff();
        Exception? failure = null;
        var writing = new Thread(() =>
        {
            try
            {
                using var target = new BufferedStream(new HandoffStream(handoff), 256 * 1024);
                LayerDiff.Write(layer, target, CancellationToken.None, wholeSeconds: false);
                target.Flush();
            }
            catch (Exception e)
            {
                failure = e;
            }
            finally
            {
                handoff.Complete(failure);
            }
        });
        writing.Start();
        try
        {
            LayerApplier.Apply(handoff.Reader, root, WhiteoutStyle.Delete, CancellationToken.None);
        }
        finally
        {
            handoff.Abandon();
            writing.Join();
        }
    }

    private sealed class HandoffStream(Handoff handoff) : ForwardWriteStream
    {
        public override void Write(ReadOnlySpan<byte> buffer) => handoff.Write(buffer, CancellationToken.None);
    }
}
