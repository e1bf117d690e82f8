namespace Berth.Engine.Containers;

/// <summary>What this host's kernel offers to containers, read once when the daemon starts.</summary>
internal sealed record HostFacts
{
    /// <summary>Whether /sys/fs/cgroup is the unified hierarchy; false for v1 and for hybrid, where the controllers are on v1.</summary>
    public bool CgroupV2 { get; init; }

    public int Processors { get; init; } = 1;

    /// <summary>Kernel release, as far as a seccomp profile asks for it.</summary>
    public Version Kernel { get; init; } = new(4, 8);

    /// <summary>Machine's architecture in Go's words: <c>amd64</c>, <c>arm64</c>.</summary>
    public string Architecture { get; init; } = "amd64";

    public bool AppArmor { get; init; }
    public bool Seccomp { get; init; } = true;

    public static HostFacts Detect() => throw new NotImplementedException();
}
