namespace Berth.Oci.RuntimeSpec;

/// <summary>Source: OCI runtime-spec, config-linux.md.</summary>
public sealed record LinuxSettings
{
    public IReadOnlyList<LinuxNamespace> Namespaces { get; init; } = [];
    public IReadOnlyList<LinuxDevice>? Devices { get; init; }

    /// <summary>Path below each hierarchy's root.</summary>
    public string? CgroupsPath { get; init; }

    public LinuxResources? Resources { get; init; }
    public IReadOnlyDictionary<string, string>? Sysctl { get; init; }
    public LinuxSeccomp? Seccomp { get; init; }
    public string? RootfsPropagation { get; init; }
    public IReadOnlyList<string>? MaskedPaths { get; init; }
    public IReadOnlyList<string>? ReadonlyPaths { get; init; }
}

/// <param name="Type"><c>pid</c>, <c>network</c>, <c>mount</c>, <c>ipc</c>, <c>uts</c>, <c>user</c> or <c>cgroup</c>.</param>
/// <param name="Path">An existing namespace to join; null makes a new one.</param>
public sealed record LinuxNamespace(string Type, string? Path = null);

/// <summary>A device node that the runtime makes in the container.</summary>
/// <param name="Type"><c>c</c>, <c>b</c>, <c>u</c> or <c>p</c>.</param>
/// <param name="FileMode">Permission bits.</param>
public sealed record LinuxDevice(string Type, string Path, long Major, long Minor, uint FileMode, uint Uid, uint Gid);
