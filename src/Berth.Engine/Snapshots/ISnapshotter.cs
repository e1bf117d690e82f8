using Berth.Linux.Mounts;
using Berth.Oci;

namespace Berth.Engine.Snapshots;

/// <summary>Unpacked layers, and a writable one a container on top of them.</summary>
/// <remarks>Layers are keyed by chain ID, complete or absent, and never change. Containers' are keyed by container id.</remarks>
internal interface ISnapshotter
{
    /// <summary>As <c>docker info</c> shows it, such as <c>overlayfs</c>.</summary>
    string Name { get; }

    bool HasLayer(Digest chainId);

    /// <summary>A place to unpack into. Disposing of it without commit leaves nothing.</summary>
    ILayerStaging StageLayer(Digest chainId, Digest? parent);

    void RemoveLayer(Digest chainId);

    IEnumerable<Digest> Layers();

    /// <summary>Makes a container's writable layer on top of <paramref name="parent"/>; null starts from nothing.</summary>
    void CreateWritable(string containerId, Digest? parent);

    /// <summary>What to mount as the container's root.</summary>
    Mount RootMount(string containerId);

    /// <summary>The directory that holds what the container changed.</summary>
    string WritableDirectory(string containerId);

    void RemoveWritable(string containerId);

    IEnumerable<string> Writables();
}

internal interface ILayerStaging : IAsyncDisposable
{
    /// <summary>Unpack into this directory: it is empty, and only what is in the layer itself goes there.</summary>
    string Directory { get; }

    /// <summary>Makes the layer durable and visible; the order of the two is the snapshotter's promise.</summary>
    ValueTask CommitAsync(CancellationToken ct);
}
