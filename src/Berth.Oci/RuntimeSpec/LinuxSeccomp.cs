using System.Text.Json.Serialization;

namespace Berth.Oci.RuntimeSpec;

/// <summary>Which system calls a container may make. Source: OCI runtime-spec, config-linux.md, "Seccomp".</summary>
public sealed record LinuxSeccomp
{
    public required string DefaultAction { get; init; }
    public uint? DefaultErrnoRet { get; init; }
    public IReadOnlyList<string>? Architectures { get; init; }
    public IReadOnlyList<string>? Flags { get; init; }
    public string? ListenerPath { get; init; }
    public string? ListenerMetadata { get; init; }
    public IReadOnlyList<SeccompRule>? Syscalls { get; init; }
}

public sealed record SeccompRule
{
    public required IReadOnlyList<string> Names { get; init; }
    public required string Action { get; init; }
    public uint? ErrnoRet { get; init; }
    public IReadOnlyList<SeccompArgument>? Args { get; init; }
}

/// <param name="Index">Which argument, from 0.</param>
/// <param name="ValueTwo">Of <c>SCMP_CMP_MASKED_EQ</c>: the value behind the mask.</param>
/// <param name="Op">Such as <c>SCMP_CMP_EQ</c>.</param>
public sealed record SeccompArgument(
    uint Index,
    ulong Value,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] ulong ValueTwo,
    string Op);
