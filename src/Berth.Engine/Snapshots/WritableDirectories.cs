using Berth.Oci;

namespace Berth.Engine.Snapshots;

/// <summary>Containers' directories, and which layer each stands on.</summary>
/// <remarks>
/// <c>containers/&lt;container id&gt;/fs</c>, and beside it <c>parent</c>, a symbolic link whose text is the chain ID below, or "none".
/// The link is made last: a directory without it was never finished, and goes at the next start. Nothing is synchronised:
/// what a power cut takes was never started.
/// </remarks>
internal sealed class WritableDirectories
{
    private const string NoParent = "none";

    private readonly string _directory;
    private readonly LayerStore _layers;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Digest?> _parents = new(StringComparer.Ordinal);

    public WritableDirectories(string root, LayerStore layers)
    {
        _directory = Path.Combine(root, "containers");
        _layers = layers;
        Directory.CreateDirectory(_directory);
        foreach (string directory in Directory.EnumerateDirectories(_directory))
        {
            if (new FileInfo(Path.Combine(directory, "parent")).LinkTarget is { } parent)
            {
                _parents[Path.GetFileName(directory)] = Digest.TryParse(parent, out Digest chainId) ? chainId : null;
            }
            else
            {
                layers.Discard(directory);
            }
        }
    }

    public string Of(string containerId) => Path.Combine(_directory, containerId);

    public string Root(string containerId) => Path.Combine(_directory, containerId, "fs");

    /// <param name="fill">Given the new, empty root.</param>
    public void Create(string containerId, Digest? parent, Action<string> fill)
    {
        const UnixFileMode owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        lock (_lock)
        {
            // from here on nobody removes the layer
            _parents.Add(containerId, parent);
        }

        try
        {
            Directory.CreateDirectory(Of(containerId), owner | UnixFileMode.GroupExecute);
            Directory.CreateDirectory(Root(containerId));
            fill(Root(containerId));
            File.CreateSymbolicLink(Path.Combine(Of(containerId), "parent"), parent?.ToString() ?? NoParent);
        }
        catch
        {
            Remove(containerId);
            throw;
        }
    }

    /// <exception cref="InvalidOperationException">There is no such container's directory.</exception>
    public Digest? ParentOf(string containerId)
    {
        lock (_lock)
        {
            return _parents.TryGetValue(containerId, out Digest? parent)
                ? parent : throw new InvalidOperationException($"container {containerId} has no writable layer");
        }
    }

    public bool IsParent(Digest chainId)
    {
        lock (_lock)
        {
            return _parents.ContainsValue(chainId);
        }
    }

    public void Remove(string containerId)
    {
        if (Directory.Exists(Of(containerId)))
        {
            _layers.Discard(Of(containerId));
        }

        lock (_lock)
        {
            _parents.Remove(containerId);
        }
    }

    public IReadOnlyList<string> All()
    {
        lock (_lock)
        {
            return [.. _parents.Keys];
        }
    }
}
