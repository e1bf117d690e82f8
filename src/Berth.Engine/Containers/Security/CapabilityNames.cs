namespace Berth.Engine.Containers.Security;

/// <summary>Linux's capabilities by name, and which of them a container gets.</summary>
internal static class CapabilityNames
{
    /// <summary>At the index of its number. Source: linux/include/uapi/linux/capability.h.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_DAC_READ_SEARCH", "CAP_FOWNER", "CAP_FSETID", "CAP_KILL", "CAP_SETGID", "CAP_SETUID",
        "CAP_SETPCAP", "CAP_LINUX_IMMUTABLE", "CAP_NET_BIND_SERVICE", "CAP_NET_BROADCAST", "CAP_NET_ADMIN", "CAP_NET_RAW", "CAP_IPC_LOCK",
        "CAP_IPC_OWNER", "CAP_SYS_MODULE", "CAP_SYS_RAWIO", "CAP_SYS_CHROOT", "CAP_SYS_PTRACE", "CAP_SYS_PACCT", "CAP_SYS_ADMIN",
        "CAP_SYS_BOOT", "CAP_SYS_NICE", "CAP_SYS_RESOURCE", "CAP_SYS_TIME", "CAP_SYS_TTY_CONFIG", "CAP_MKNOD", "CAP_LEASE",
        "CAP_AUDIT_WRITE", "CAP_AUDIT_CONTROL", "CAP_SETFCAP", "CAP_MAC_OVERRIDE", "CAP_MAC_ADMIN", "CAP_SYSLOG", "CAP_WAKE_ALARM",
        "CAP_BLOCK_SUSPEND", "CAP_AUDIT_READ", "CAP_PERFMON", "CAP_BPF", "CAP_CHECKPOINT_RESTORE",
    ];

    /// <summary>What a container has unless told otherwise. moby 28: oci/caps/defaults.go.</summary>
    public static IReadOnlyList<string> Defaults { get; } =
    [
        "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FSETID", "CAP_FOWNER", "CAP_MKNOD", "CAP_NET_RAW", "CAP_SETGID", "CAP_SETUID", "CAP_SETFCAP",
        "CAP_SETPCAP", "CAP_NET_BIND_SERVICE", "CAP_SYS_CHROOT", "CAP_KILL", "CAP_AUDIT_WRITE",
    ];

    private const string Every = "ALL";

    /// <summary>Names of the bits that are set.</summary>
    public static IReadOnlyList<string> Of(ulong mask) => [.. All.Where((_, number) => (mask & (1UL << number)) != 0)];

    /// <summary>Upper case and with prefix, as <c>HostConfig</c> keeps them: <c>net_admin</c> is <c>CAP_NET_ADMIN</c>.</summary>
    /// <param name="field"><c>CapAdd</c> or <c>CapDrop</c>, for the sentence.</param>
    /// <param name="available">What the daemon has itself.</param>
    /// <exception cref="EngineException">InvalidParameter: unknown, or not to be had here.</exception>
    public static IReadOnlyList<string> Normalize(string field, IReadOnlyList<string> names, IReadOnlyList<string> available)
    {
        var normalized = new List<string>(names.Count);
        foreach (string given in names)
        {
            string name = given.ToUpperInvariant();
            if (name is not Every && !name.StartsWith("CAP_", StringComparison.Ordinal))
            {
                name = "CAP_" + name;
            }

            if (name is not Every && !All.Contains(name))
            {
                throw HostConfigErrors.UnknownCapability(field, name);
            }

            if (name is not Every && !available.Contains(name))
            {
                throw HostConfigErrors.UnavailableCapability(field, name);
            }

            normalized.Add(name);
        }

        return normalized;
    }

    /// <summary>moby 28: oci/caps/utils.go, TweakCapabilities.</summary>
    /// <param name="add">Normalized.</param>
    /// <param name="drop">Normalized.</param>
    public static IReadOnlyList<string> Resolve(
        IReadOnlyList<string> add, IReadOnlyList<string> drop, bool privileged, IReadOnlyList<string> available)
    {
        IEnumerable<string> chosen =
            privileged ? available
            : add.Contains(Every) ? available.Except(drop)
            : drop.Contains(Every) ? add
            : Defaults.Except(drop).Concat(add);
        return [.. chosen.Distinct().Where(available.Contains)];
    }
}
