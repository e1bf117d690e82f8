using Berth.Engine.Snapshots;
using Berth.Oci;
using Berth.Oci.Content;
using Microsoft.Extensions.Logging;

namespace Berth.Engine.Images;

/// <summary>Removes blobs and layers that nothing refers to. While somebody is making new ones, it waits for them to be done.</summary>
/// <remarks>What is kept is found from its users: images and their pushed forms, containers' layers, and what others say they hold.</remarks>
internal sealed class ContentCollector(
    IContentStore content, ISnapshotter snapshotter, ImageStore images, ImageDocuments documents, ILogger logger)
{
    private readonly Lock _lock = new();
    private readonly List<Func<(IEnumerable<Digest> Blobs, IEnumerable<Digest> Layers)>> _holders = [];
    private int _leases;
    private bool _isWanted;

    /// <summary>Registers someone who needs blobs, and layers by chain ID, that belong to no image: the build cache.</summary>
    public void AddHolder(Func<(IEnumerable<Digest> Blobs, IEnumerable<Digest> Layers)> holder)
    {
        lock (_lock)
        {
            _holders.Add(holder);
        }
    }

    /// <summary>Hold while making blobs or layers that nothing refers to yet. The last one to let go collects, if that was asked for meanwhile.</summary>
    public IDisposable Lease()
    {
        lock (_lock)
        {
            _leases++;
        }

        return new LeaseHolder(this);
    }

    /// <summary>Removes what nobody needs, at once or when the last lease ends.</summary>
    public void Collect(CancellationToken ct)
    {
        lock (_lock)
        {
            _isWanted = true;
            if (_leases == 0)
            {
                CollectNow(ct);
            }
        }
    }

    private void Release()
    {
        lock (_lock)
        {
            if (--_leases == 0 && _isWanted)
            {
                CollectNow(CancellationToken.None);
            }
        }
    }

    private void CollectNow(CancellationToken ct)
    {
        _isWanted = false;
        var blobs = new HashSet<Digest>();
        var layers = new HashSet<Digest>();
        foreach (ImageRecord image in images.Table.Images.Values)
        {
            MarkImage(image, blobs, layers);
        }

        foreach (string container in snapshotter.Writables())
        {
            MarkChain(snapshotter.ParentOfWritable(container), layers);
        }

        foreach (Func<(IEnumerable<Digest> Blobs, IEnumerable<Digest> Layers)> holder in _holders)
        {
            (IEnumerable<Digest> heldBlobs, IEnumerable<Digest> heldLayers) = holder();
            blobs.UnionWith(heldBlobs);
            foreach (Digest layer in heldLayers)
            {
                MarkChain(layer, layers);
            }
        }

        Sweep(blobs, layers, ct);
    }

    private void MarkImage(ImageRecord image, HashSet<Digest> blobs, HashSet<Digest> layers)
    {
        blobs.Add(image.Target.Digest);
        foreach (PlatformRecord platform in image.Platforms)
        {
            MarkManifest(platform.Manifest.Digest, blobs);
            blobs.Add(platform.ConfigDigest);
            try
            {
                foreach (Digest chainId in documents.Config(platform.ConfigDigest).ChainIds)
                {
                    layers.Add(chainId);
                }
            }
            catch (Exception e) when (e is InvalidDataException or FileNotFoundException)
            {
                Log.DamagedImage(logger, image.Id, e);
            }
        }

        foreach (PushedRecord pushed in image.Pushed)
        {
            MarkManifest(pushed.Manifest.Digest, blobs);
        }
    }

    private void MarkManifest(Digest digest, HashSet<Digest> blobs)
    {
        blobs.Add(digest);
        try
        {
            ImageManifest manifest = documents.Manifest(digest);
            blobs.UnionWith(manifest.Layers.Select(l => l.Digest));
            if (manifest.Config is { } config)
            {
                blobs.Add(config.Digest);
            }
        }
        catch (Exception e) when (e is InvalidDataException or FileNotFoundException)
        {
            Log.DamagedImage(logger, digest, e);
        }
    }

    private void MarkChain(Digest? top, HashSet<Digest> layers)
    {
        for (Digest? next = top; next is { } chainId && layers.Add(chainId); next = snapshotter.ParentOf(chainId))
        {
        }
    }

    private void Sweep(HashSet<Digest> blobs, HashSet<Digest> layers, CancellationToken ct)
    {
        foreach (Digest blob in content.Enumerate().Where(b => !blobs.Contains(b)).ToList())
        {
            ct.ThrowIfCancellationRequested();
            content.Delete(blob);
            documents.Forget(blob);
        }

        // from the top of each pile down: a layer goes after those that stand on it
        List<Digest> unused = snapshotter.Layers().Where(l => !layers.Contains(l)).ToList();
        ILookup<Digest?, Digest> children = unused.ToLookup(snapshotter.ParentOf);
        var removed = new HashSet<Digest>();
        foreach (Digest layer in unused)
        {
            RemoveWithChildren(layer, children, removed, ct);
        }
    }

    private void RemoveWithChildren(Digest layer, ILookup<Digest?, Digest> children, HashSet<Digest> removed, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        if (!removed.Add(layer))
        {
            return;
        }

        foreach (Digest child in children[layer])
        {
            RemoveWithChildren(child, children, removed, ct);
        }

        snapshotter.RemoveLayer(layer);
    }

    private sealed class LeaseHolder(ContentCollector owner) : IDisposable
    {
        private int _released;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _released, 1) == 0)
            {
                owner.Release();
            }
        }
    }
}
