using System.Text.Json;
using System.Text.Json.Serialization;
using Berth.Oci.RuntimeSpec;

namespace Berth.Engine.Containers.Security;

/// <summary>A seccomp profile as Docker writes it: rules that depend on capabilities, architecture and kernel.</summary>
/// <remarks>
/// The built-in one, seccomp-default.json, is moby's (profiles/seccomp/default.json, Apache-2.0), so that what runs under Docker runs here and
/// nothing more is let through. Format: moby 28, profiles/seccomp/seccomp.go.
/// </remarks>
internal sealed record SeccompProfile
{
    public const string BuiltIn = "builtin";

    private static readonly Lazy<SeccompProfile> Default = new(LoadDefault);

    public string DefaultAction { get; init => field = value ?? ""; } = "";
    public uint? DefaultErrnoRet { get; init; }
    public IReadOnlyList<string>? Architectures { get; init; }
    public IReadOnlyList<ProfileArchitecture>? ArchMap { get; init; }
    public IReadOnlyList<string>? Flags { get; init; }
    public string? ListenerPath { get; init; }
    public string? ListenerMetadata { get; init; }
    public IReadOnlyList<ProfileRule>? Syscalls { get; init; }

    public static SeccompProfile BuiltInProfile => Default.Value;

    /// <summary>A profile that the daemon's configuration names. moby 28: daemon/seccomp_linux.go.</summary>
    /// <exception cref="EngineException">It cannot be read.</exception>
    public static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            string reason = e is FileNotFoundException or DirectoryNotFoundException ? $"open {path}: no such file or directory" : "it cannot be read";
            throw new EngineException(ErrorKind.System, $"opening seccomp profile ({path}) failed: {reason}", e);
        }
    }

    /// <exception cref="EngineException">InvalidParameter: no JSON, or not of a profile's form.</exception>
    public static SeccompProfile Parse(string json)
    {
        SeccompProfile profile;
        try
        {
            profile = JsonSerializer.Deserialize(json, SeccompProfileJson.Default.SeccompProfile) ?? throw HostConfigErrors.NoSeccompProfile("null");
        }
        catch (JsonException e)
        {
            // a path where a profile should be is what happens: then in Go's words
            string text = json.TrimStart();
            throw HostConfigErrors.NoSeccompProfile(
                text.Length == 0 ? "unexpected end of JSON input"
                : text[0] is not '{' ? $"invalid character '{text[0]}' looking for beginning of value"
                : $"invalid JSON in line {e.LineNumber + 1}, byte {e.BytePositionInLine}");
        }

        if (profile is { ArchMap.Count: > 0, Architectures.Count: > 0 })
        {
            throw HostConfigErrors.NoSeccompProfile("both 'architectures' and 'archMap' are specified in the seccomp profile, use either 'architectures' or 'archMap'");
        }

        foreach (ProfileRule rule in profile.Syscalls ?? [])
        {
            if (rule.Name is { Length: > 0 } && rule.Names is { Count: > 0 })
            {
                throw HostConfigErrors.NoSeccompProfile("both 'name' and 'names' are specified in the seccomp profile, use either 'name' or 'names'");
            }
        }

        return profile;
    }

    /// <summary>Whether it says nothing at all, which Docker takes for no profile.</summary>
    public bool IsEmpty => DefaultAction.Length == 0 && Syscalls is not { Count: > 0 };

    /// <summary>The rules that hold for a container with these capabilities on this host.</summary>
    public LinuxSeccomp Resolve(IReadOnlyList<string> capabilities, HostFacts host) => new()
    {
        DefaultAction = DefaultAction,
        DefaultErrnoRet = DefaultErrnoRet,
        Architectures = ArchMap is { Count: > 0 } ? NativeArchitectures(host.Architecture) : Architectures,
        Flags = Flags,
        ListenerPath = ListenerPath is "" ? null : ListenerPath,
        ListenerMetadata = ListenerMetadata is "" ? null : ListenerMetadata,
        Syscalls = [.. (Syscalls ?? []).Where(rule => rule.Applies(capabilities, host)).Select(rule => rule.ToRule())],
    };

    private string[]? NativeArchitectures(string architecture)
    {
        string name = architecture switch
        {
            "amd64" => "SCMP_ARCH_X86_64",
            "arm64" => "SCMP_ARCH_AARCH64",
            "s390x" => "SCMP_ARCH_S390X",
            "riscv64" => "SCMP_ARCH_RISCV64",
            "loong64" => "SCMP_ARCH_LOONGARCH64",
            _ => "",
        };
        return ArchMap!.Where(entry => entry.Architecture == name)
            .Select(entry => (string[])[entry.Architecture, .. entry.SubArchitectures ?? []]).FirstOrDefault();
    }

    private static SeccompProfile LoadDefault()
    {
        using Stream json = typeof(SeccompProfile).Assembly.GetManifestResourceStream("seccomp-default.json")
            ?? throw new InvalidOperationException("the built-in seccomp profile is missing from the program");
        return JsonSerializer.Deserialize(json, SeccompProfileJson.Default.SeccompProfile)!;
    }
}

internal sealed record ProfileArchitecture
{
    public string Architecture { get; init => field = value ?? ""; } = "";
    public IReadOnlyList<string>? SubArchitectures { get; init; }
}

internal sealed record ProfileRule
{
    /// <summary>The older form, of one call.</summary>
    public string? Name { get; init; }

    public IReadOnlyList<string>? Names { get; init; }
    public string Action { get; init => field = value ?? ""; } = "";
    public uint? ErrnoRet { get; init; }
    public IReadOnlyList<SeccompArgument>? Args { get; init; }
    public ProfileCondition? Includes { get; init; }
    public ProfileCondition? Excludes { get; init; }

    public bool Applies(IReadOnlyList<string> capabilities, HostFacts host)
    {
        // one match excludes; all that is named has to be there to include
        bool excluded = Excludes is { } excludes
            && ((excludes.Arches?.Contains(host.Architecture) ?? false)
                || (excludes.Caps?.Any(capabilities.Contains) ?? false)
                || (excludes.MinKernel is { } tooNew && host.Kernel >= HostFacts.ParseRelease(tooNew)));
        return !excluded
            && (Includes is not { } includes
                || ((includes.Arches is not { Count: > 0 } || includes.Arches.Contains(host.Architecture))
                    && (includes.Caps?.All(capabilities.Contains) ?? true)
                    && (includes.MinKernel is not { } needed || host.Kernel >= HostFacts.ParseRelease(needed))));
    }

    public SeccompRule ToRule() => new()
    {
        Names = Names is { Count: > 0 } ? Names : [Name ?? ""],
        Action = Action,
        ErrnoRet = ErrnoRet,
        Args = Args is { Count: > 0 } ? Args : null,
    };
}

internal sealed record ProfileCondition
{
    public IReadOnlyList<string>? Caps { get; init; }
    public IReadOnlyList<string>? Arches { get; init; }
    public string? MinKernel { get; init; }
}

[JsonSourceGenerationOptions(PropertyNameCaseInsensitive = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(SeccompProfile))]
internal sealed partial class SeccompProfileJson : JsonSerializerContext;
