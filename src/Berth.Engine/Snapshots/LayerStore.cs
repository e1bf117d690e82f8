using System.Globalization;
using Berth.Linux.Files;
using Berth.Oci;
using Microsoft.Win32.SafeHandles;

namespace Berth.Engine.Snapshots;

/// <summary>The directories of unpacked layers, which both snapshotters have in common.</summary>
/// <remarks>
/// <code>
/// layers/&lt;n&gt;/fs         a layer by itself, with overlayfs's marks; n is short so that many fit into one mount call
/// layers/&lt;n&gt;/layer      chain ID, parent's chain ID or "none", size in bytes: a line each
/// staging/&lt;n&gt;/          being unpacked; removed at start
/// trash/&lt;n&gt;/            being removed; removed at start
/// </code>
/// A layer is written under <c>staging</c>, all of it synchronised by one syncfs, and renamed: it is there whole, or not at all.
/// </remarks>
internal sealed class LayerStore
{
    private readonly string _layers;
    private readonly string _staging;
    private readonly string _trash;
    private readonly LayerPlacement _placement = new(TimeProvider.System);
    private readonly Lock _lock = new();
    private readonly Dictionary<Digest, Layer> _byChain = [];
    private long _sequence;

    public LayerStore(string root)
    {
        (_layers, _staging, _trash) = (Path.Combine(root, "layers"), Path.Combine(root, "staging"), Path.Combine(root, "trash"));
        foreach (string directory in (string[])[_layers, _staging, _trash])
        {
            Directory.CreateDirectory(directory);
        }

        // only a matter of speed: a file system that knows no such hint places layers as it likes
        _ = FileCalls.TrySpreadTrees(_staging);
        foreach (string leftover in Directory.EnumerateDirectories(_staging).Concat(Directory.EnumerateDirectories(_trash)).ToList())
        {
            FileCalls.RemoveTree(leftover);
        }

        foreach (string directory in Directory.EnumerateDirectories(_layers))
        {
            Load(directory);
        }
    }

    public sealed record Layer(Digest ChainId, Digest? Parent, long SizeBytes, string Directory)
    {
        public string Content => Path.Combine(Directory, "fs");
    }

    public Layer? Find(Digest chainId)
    {
        lock (_lock)
        {
            return _byChain.GetValueOrDefault(chainId);
        }
    }

    public IReadOnlyList<Digest> All()
    {
        lock (_lock)
        {
            return [.. _byChain.Keys];
        }
    }

    /// <summary>A layer and all below it, topmost first.</summary>
    /// <exception cref="InvalidOperationException">One is missing.</exception>
    public IReadOnlyList<Layer> Chain(Digest? top)
    {
        var chain = new List<Layer>();
        lock (_lock)
        {
            for (Digest? next = top; next is { } chainId;)
            {
                Layer layer = _byChain.GetValueOrDefault(chainId) ?? throw new InvalidOperationException($"layer {chainId} is not unpacked");
                chain.Add(layer);
                next = layer.Parent;
            }
        }

        return chain;
    }

    public ILayerStaging Stage(Digest? parent)
    {
        string directory = _placement.MakeDirectory(() => Path.Combine(_staging, NextName()));
        Directory.CreateDirectory(Path.Combine(directory, "fs"));
        return new Staging(this, directory, parent);
    }

    /// <param name="isUsed">Whether somebody stands on the layer.</param>
    public void Remove(Digest chainId, Func<Digest, bool> isUsed)
    {
        Layer? layer;
        lock (_lock)
        {
            if (!_byChain.TryGetValue(chainId, out layer))
            {
                return;
            }

            if (_byChain.Values.Any(l => l.Parent == chainId) || isUsed(chainId))
            {
                throw new InvalidOperationException($"layer {chainId} is in use");
            }

            _byChain.Remove(chainId);
        }

        _placement.WillRemove(layer.Directory);
        Discard(layer.Directory);
    }

    /// <summary>Out of sight by one rename, then removed.</summary>
    public void Discard(string directory)
    {
        string trash = Path.Combine(_trash, NextName());
        FileCalls.Rename(directory, trash);
        FileCalls.RemoveTree(trash);
    }

    private void Load(string directory)
    {
        string[] lines = File.Exists(Path.Combine(directory, "layer")) ? File.ReadAllLines(Path.Combine(directory, "layer")) : [];
        if (lines.Length < 3 || !Digest.TryParse(lines[0], out Digest chainId)
            || !long.TryParse(lines[2], NumberStyles.None, CultureInfo.InvariantCulture, out long size))
        {
            // only a rename that the disk lost half of can leave this; the layer is pulled again
            Discard(directory);
            return;
        }

        _byChain[chainId] = new Layer(chainId, Digest.TryParse(lines[1], out Digest parent) ? parent : null, size, directory);
        if (long.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out long number))
        {
            _sequence = Math.Max(_sequence, number);
        }
    }

    private string NextName() => Interlocked.Increment(ref _sequence).ToString(CultureInfo.InvariantCulture);

    private void Publish(Staging staging, Digest chainId, AppliedLayer content)
    {
        IReadOnlyList<Layer> below = Chain(staging.Parent);
        ImpliedDirectories.Adopt(Path.Combine(staging.Root, "fs"), below.Select(l => l.Content).ToList(), content.ImpliedDirectories);
        string parent = staging.Parent?.ToString() ?? "none";
        File.WriteAllText(Path.Combine(staging.Root, "layer"), string.Create(CultureInfo.InvariantCulture, $"{chainId}\n{parent}\n{content.SizeBytes}\n"));
        using (SafeFileHandle root = FileCalls.OpenDirectory(staging.Root))
        {
            FileCalls.SynchronizeFileSystem(root);
        }

        lock (_lock)
        {
            if (_byChain.ContainsKey(chainId))
            {
                return;
            }

            string directory = Path.Combine(_layers, Path.GetFileName(staging.Root));
            FileCalls.Rename(staging.Root, directory);
            FileCalls.SynchronizeDirectory(_layers);
            staging.Committed = true;
            _byChain[chainId] = new Layer(chainId, staging.Parent, content.SizeBytes, directory);
        }
    }

    private sealed class Staging(LayerStore owner, string root, Digest? parent) : ILayerStaging
    {
        public string Root => root;
        public Digest? Parent => parent;
        public bool Committed { get; set; }
        public string Directory => Path.Combine(root, "fs");

        /// <remarks>The disk may take seconds: a thread of its own waits for it.</remarks>
        public async ValueTask CommitAsync(Digest chainId, AppliedLayer content, CancellationToken ct) =>
            await Task.Factory.StartNew(
                () => owner.Publish(this, chainId, content), ct, TaskCreationOptions.LongRunning, TaskScheduler.Default).ConfigureAwait(false);

        public ValueTask DisposeAsync()
        {
            if (!Committed)
            {
                owner._placement.WillRemove(root);
                owner.Discard(root);
            }

            return ValueTask.CompletedTask;
        }
    }
}
