namespace Berth.Engine.Containers.Security;

/// <summary><c>HostConfig.SecurityOpt</c>, understood.</summary>
internal sealed record SecurityOptions
{
    public const string Unconfined = "unconfined";

    /// <summary>Null is the daemon's default.</summary>
    public bool? NoNewPrivileges { get; init; }

    /// <summary><c>unconfined</c>, <c>builtin</c>, or a profile's JSON; null is the daemon's default.</summary>
    public string? Seccomp { get; init; }

    public string? AppArmor { get; init; }

    /// <summary>Whether the container may change its own cgroups; null only with all privileges.</summary>
    public bool? WritableCgroups { get; init; }

    /// <summary>moby 28: daemon/daemon_unix.go, parseSecurityOpt. Labels are accepted: without SELinux there is nothing to label.</summary>
    /// <exception cref="EngineException">InvalidParameter.</exception>
    public static SecurityOptions Parse(IReadOnlyList<string>? options)
    {
        var parsed = new SecurityOptions();
        foreach (string option in options ?? [])
        {
            if (option is "no-new-privileges")
            {
                parsed = parsed with { NoNewPrivileges = true };
                continue;
            }

            if (option is "disable")
            {
                continue;
            }

            // ':' is how it was written before '='
            int separator = option.Contains('=', StringComparison.Ordinal) ? option.IndexOf('=', StringComparison.Ordinal) : option.IndexOf(':', StringComparison.Ordinal);
            if (separator < 0)
            {
                throw HostConfigErrors.InvalidSecurityOption(1, option);
            }

            string value = option[(separator + 1)..];
            parsed = option[..separator] switch
            {
                "label" => parsed,
                "apparmor" => parsed with { AppArmor = value },
                "seccomp" => parsed with { Seccomp = Checked(value) },
                "no-new-privileges" => parsed with { NoNewPrivileges = ParseBool(value) ?? throw HostConfigErrors.InvalidSecurityOption(2, option) },
                "writable-cgroups" => parsed with { WritableCgroups = ParseBool(value) ?? throw HostConfigErrors.InvalidSecurityOption(2, option) },
                _ => throw HostConfigErrors.InvalidSecurityOption(2, option),
            };
        }

        return parsed;
    }

    private static string Checked(string profile)
    {
        if (profile is not (Unconfined or SeccompProfile.BuiltIn or ""))
        {
            SeccompProfile.Parse(profile);
        }

        return profile;
    }

    /// <summary>Go's strconv.ParseBool.</summary>
    private static bool? ParseBool(string text) => text switch
    {
        "1" or "t" or "T" or "true" or "TRUE" or "True" => true,
        "0" or "f" or "F" or "false" or "FALSE" or "False" => false,
        _ => null,
    };
}
