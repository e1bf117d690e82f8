namespace Berth.Engine.Containers;

/// <summary>One mount of a container, resolved: what, where, how.</summary>
internal sealed record ContainerMount
{
    /// <summary><c>bind</c>, <c>volume</c> or <c>tmpfs</c>.</summary>
    public required string Type { get; init; }

    /// <summary>Path on the host; empty for a tmpfs.</summary>
    public string Source { get; init; } = "";

    /// <summary>Absolute path in the container.</summary>
    public required string Destination { get; init; }

    public string? VolumeName { get; init; }
    public string? Driver { get; init; }

    /// <summary>Whether the volume was made for this container alone, and goes with it.</summary>
    public bool Anonymous { get; init; }

    public bool ReadWrite { get; init; } = true;

    /// <summary>The mode as the user wrote it: <c>ro</c>, <c>z</c>, …</summary>
    public string Mode { get; init; } = "";

    public string Propagation { get; init; } = "";
    public bool NonRecursive { get; init; }

    /// <summary>Whether read-only stops at the mounts below a bind's source; else it holds for them, too.</summary>
    public bool ReadOnlyTopOnly { get; init; }

    /// <summary>Whether a bind's missing source is made, as a directory, when the container starts.</summary>
    public bool CreateSource { get; init; }

    /// <summary>Whether the image's files at the destination fill an empty volume.</summary>
    public bool CopyUp { get; init; }

    public string? Subpath { get; init; }

    /// <summary>Options of a tmpfs in the words of mount(8).</summary>
    public IReadOnlyList<string> TmpfsOptions { get; init; } = [];

    /// <summary>Whether it came by <c>HostConfig.Mounts</c> rather than by <c>Binds</c>, <c>Tmpfs</c> or the image.</summary>
    public bool FromMounts { get; init; }
}
