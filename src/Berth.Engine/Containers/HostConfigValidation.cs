using Berth.Api;
using Berth.Api.Containers;
using Berth.Engine.Containers.Security;

namespace Berth.Engine.Containers;

/// <summary>Fills in a create request's defaults and refuses, in Docker's sentences, what cannot be had.</summary>
/// <remarks>moby 28: daemon/container.go, verifyContainerSettings; daemon/daemon_unix.go, adaptContainerSettings, verifyPlatformContainerSettings.</remarks>
internal sealed partial class HostConfigValidation(EngineOptions options, HostFacts host)
{
    /// <exception cref="EngineException">InvalidParameter or NotImplemented.</exception>
    public (HostConfig HostConfig, IReadOnlyList<string> Warnings) Normalize(HostConfig hostConfig)
    {
        var warnings = new List<string>();
        HostConfig normalized = WithDefaults(hostConfig);
        CheckRestartPolicy(normalized);
        normalized = NormalizeResources(normalized, warnings);
        CheckModes(normalized);
        normalized = NormalizeSecurity(normalized, warnings);
        CheckDevices(normalized);
        CheckSysctls(normalized);
        foreach (string destination in normalized.Tmpfs?.Keys ?? [])
        {
            MountErrors.CheckDestination(destination);
        }

        if (normalized is { NetworkMode: "host", PortBindings.Count: > 0 })
        {
            warnings.Add("Published ports are discarded when using host network mode");
        }

        return (normalized with { LogConfig = LogOptions.Validate(normalized.LogConfig, options) }, warnings);
    }

    private HostConfig WithDefaults(HostConfig given) => given with
    {
        // set null here where it says "no limit": 0, -1 and below all do
        PidsLimit = given.PidsLimit is <= 0 ? null : given.PidsLimit,
        MemorySwap = given.Memory > 0 && given.MemorySwap == 0 ? given.Memory * 2 : given.MemorySwap,
        MemorySwappiness = given.MemorySwappiness is -1 ? null : given.MemorySwappiness,
        ShmSize = given.ShmSize == 0 ? options.DefaultShmSizeBytes : given.ShmSize,
        IpcMode = given.IpcMode.Length == 0 ? options.DefaultIpcMode : given.IpcMode,
        CgroupnsMode = given.CgroupnsMode.Length > 0 ? given.CgroupnsMode : options.DefaultCgroupNamespaceMode ?? (host.CgroupV2 ? "private" : "host"),
        OomKillDisable = given.OomKillDisable ?? false,
        CpuShares = given.CpuShares > 0 ? Math.Clamp(given.CpuShares, 2, 262144) : given.CpuShares,
        RestartPolicy = given.RestartPolicy is { Name.Length: > 0 } ? given.RestartPolicy : new RestartPolicy { Name = "no" },
    };

    private static void CheckRestartPolicy(HostConfig hostConfig)
    {
        RestartPolicy policy = hostConfig.RestartPolicy!;
        if (policy.Name is "always" or "unless-stopped" or "no")
        {
            if (policy.MaximumRetryCount != 0)
            {
                throw HostConfigErrors.Invalid("invalid restart policy: maximum retry count can only be used with 'on-failure'"
                    + (policy.MaximumRetryCount < 0 ? " and cannot be negative" : ""));
            }
        }
        else if (policy.Name is not "on-failure")
        {
            throw HostConfigErrors.Invalid(
                $"invalid restart policy: unknown policy '{policy.Name}'; use one of 'no', 'always', 'on-failure', or 'unless-stopped'");
        }
        else if (policy.MaximumRetryCount < 0)
        {
            throw HostConfigErrors.Invalid("invalid restart policy: maximum retry count cannot be negative");
        }

        if (hostConfig.AutoRemove && policy.Name is not "no")
        {
            throw HostConfigErrors.Invalid("can't create 'AutoRemove' container with restart policy");
        }
    }

    private static void CheckModes(HostConfig hostConfig)
    {
        if (hostConfig.IpcMode is not ("none" or "private" or "shareable" or "host") && !IsContainerMode(hostConfig.IpcMode))
        {
            throw HostConfigErrors.InvalidMode("IPC mode", hostConfig.IpcMode);
        }

        if (hostConfig.PidMode is not ("" or "host") && !IsContainerMode(hostConfig.PidMode))
        {
            throw HostConfigErrors.InvalidMode("PID mode", hostConfig.PidMode);
        }

        if (hostConfig.UTSMode is not ("" or "host"))
        {
            throw HostConfigErrors.InvalidMode("UTS mode", hostConfig.UTSMode);
        }

        if (hostConfig.UsernsMode is not ("" or "host"))
        {
            throw HostConfigErrors.InvalidMode("user namespace mode", hostConfig.UsernsMode);
        }

        if (hostConfig.CgroupnsMode is not ("private" or "host"))
        {
            throw HostConfigErrors.InvalidMode("cgroup namespace mode", hostConfig.CgroupnsMode);
        }

        if (hostConfig.Isolation is not ("" or "default"))
        {
            throw HostConfigErrors.Invalid($"Invalid isolation: \"{hostConfig.Isolation}\" - linux only supports 'default'");
        }

        if (hostConfig.ShmSize < 0)
        {
            throw HostConfigErrors.Invalid("SHM size can not be less than 0");
        }

        if (hostConfig.StorageOpt is { Count: > 0 })
        {
            throw HostConfigErrors.NoStorageOptions();
        }
    }

    private static bool IsContainerMode(string mode) => mode.StartsWith("container:", StringComparison.Ordinal) && mode.Length > "container:".Length;

    private HostConfig NormalizeSecurity(HostConfig hostConfig, List<string> warnings)
    {
        SecurityOptions security = SecurityOptions.Parse(hostConfig.SecurityOpt);
        if (security.AppArmor is { Length: > 0 } profile && profile is not SecurityOptions.Unconfined && !host.AppArmor)
        {
            // dockerd takes it without a word
            warnings.Add($"Your kernel does not support AppArmor. AppArmor profile {profile} discarded.");
        }

        if (security.WritableCgroups is false && hostConfig.Privileged)
        {
            throw HostConfigErrors.Conflict("writable-cgroups=false and privileged");
        }

        StringOrList? Capabilities(string field, StringOrList? names) =>
            names is null ? null : StringOrList.Of(CapabilityNames.Normalize(field, names, host.Capabilities));

        const string unlabelled = "label=disable";
        bool sharesWithHost = hostConfig.Privileged || hostConfig.PidMode is "host" || hostConfig.IpcMode is "host";
        return hostConfig with
        {
            CapAdd = Capabilities("CapAdd", hostConfig.CapAdd),
            CapDrop = Capabilities("CapDrop", hostConfig.CapDrop),
            SecurityOpt = sharesWithHost && hostConfig.SecurityOpt?.Contains(unlabelled) is not true
                ? [.. hostConfig.SecurityOpt ?? [], unlabelled]
                : hostConfig.SecurityOpt,
            MaskedPaths = hostConfig.Privileged ? null : hostConfig.MaskedPaths ?? SystemPaths.Masked(host),
            ReadonlyPaths = hostConfig.Privileged ? null : hostConfig.ReadonlyPaths ?? SystemPaths.ReadOnly,
        };
    }
}
