namespace Berth.Oci.RuntimeSpec;

/// <summary>A process of a container, its first one or a later one. Source: OCI runtime-spec, config.md, "Process".</summary>
public sealed record RuntimeProcess
{
    public bool Terminal { get; init; }
    public ConsoleSize? ConsoleSize { get; init; }
    public required RuntimeUser User { get; init; }
    public required IReadOnlyList<string> Args { get; init; }
    public IReadOnlyList<string> Env { get; init; } = [];

    /// <summary>Absolute path in the container.</summary>
    public required string Cwd { get; init; }

    public ProcessCapabilities? Capabilities { get; init; }
    public IReadOnlyList<ResourceLimit>? Rlimits { get; init; }
    public bool NoNewPrivileges { get; init; }
    public string? ApparmorProfile { get; init; }
    public int? OomScoreAdj { get; init; }
}

public sealed record RuntimeUser
{
    public uint Uid { get; init; }
    public uint Gid { get; init; }
    public IReadOnlyList<uint> AdditionalGids { get; init; } = [];
}

public sealed record ConsoleSize(uint Height, uint Width);

/// <summary>The inheritable and the ambient set are not here: they stay empty (CVE-2022-24769).</summary>
public sealed record ProcessCapabilities
{
    public required IReadOnlyList<string> Bounding { get; init; }
    public IReadOnlyList<string>? Effective { get; init; }
    public IReadOnlyList<string>? Permitted { get; init; }
}

/// <param name="Type">C name, such as <c>RLIMIT_NOFILE</c>.</param>
public sealed record ResourceLimit(string Type, ulong Hard, ulong Soft);
