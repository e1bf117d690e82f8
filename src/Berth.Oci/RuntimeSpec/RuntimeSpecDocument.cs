namespace Berth.Oci.RuntimeSpec;

/// <summary><c>config.json</c> of a bundle: all that an OCI runtime has to know of a container. Source: OCI runtime-spec 1.0.2, config.md.</summary>
public sealed record RuntimeSpecDocument
{
    /// <summary>1.0.2 is what every runtime in use reads; nothing newer is needed.</summary>
    public string OciVersion { get; init; } = "1.0.2";

    public required RuntimeProcess Process { get; init; }
    public required RuntimeRoot Root { get; init; }
    public string? Hostname { get; init; }
    public IReadOnlyList<RuntimeMount> Mounts { get; init; } = [];
    public IReadOnlyDictionary<string, string>? Annotations { get; init; }
    public required LinuxSettings Linux { get; init; }
}

/// <param name="Path">Of the root file system, absolute or relative to the bundle.</param>
public sealed record RuntimeRoot(string Path, bool Readonly);

/// <param name="Options">In the words of mount(8).</param>
public sealed record RuntimeMount(string Destination, string Type, string Source, IReadOnlyList<string> Options);
