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

    /// <summary>Bytes of the files in the layer itself, unpacked.</summary>
    long SizeOf(Digest chainId);

    /// <summary>The layer below; null for the lowest.</summary>
    Digest? ParentOf(Digest chainId);

    /// <summary>A place to unpack into. Disposing of it without commit leaves nothing.</summary>
    /// <remarks>The parent may still be on its way: it must be there by the time of the commit.</remarks>
    ILayerStaging StageLayer(Digest? parent);

    /// <exception cref="InvalidOperationException">A layer or a container stands on it.</exception>
    void RemoveLayer(Digest chainId);

    IEnumerable<Digest> Layers();

    /// <summary>Makes a container's writable layer on top of <paramref name="parent"/>; null starts from nothing.</summary>
    void CreateWritable(string containerId, Digest? parent);

    /// <summary>What to mount as the container's root.</summary>
    Mount RootMount(string containerId);

    /// <summary>The directory that holds what the container changed.</summary>
    string WritableDirectory(string containerId);

    /// <summary>The layer that a container stands on.</summary>
    Digest? ParentOfWritable(string containerId);

    /// <summary>Writes what the container changed as a layer's tar. The container must not change it meanwhile.</summary>
    void WriteDiff(string containerId, Stream tar);

    void RemoveWritable(string containerId);

    IEnumerable<string> Writables();
}

internal interface ILayerStaging : IAsyncDisposable
{
    /// <summary>Unpack into this directory: it is empty, and only what is in the layer itself goes there.</summary>
    string Directory { get; }

    /// <summary>Makes the layer durable and visible; the order of the two is the snapshotter's promise.</summary>
    /// <remarks>Where the chain is there already, this copy is dropped.</remarks>
    ValueTask CommitAsync(Digest chainId, AppliedLayer content, CancellationToken ct);
}

/// <summary>What unpacking a layer found.</summary>
/// <param name="SizeBytes">Sum of its files' sizes.</param>
/// <param name="ImpliedDirectories">Directories that the layer has no member for, NUL-terminated paths: they look as those below do.</param>
internal sealed record AppliedLayer(long SizeBytes, IReadOnlyList<byte[]> ImpliedDirectories)
{
    public static AppliedLayer Empty { get; } = new(0, []);
}
