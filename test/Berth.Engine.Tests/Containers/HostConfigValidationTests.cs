using Berth.Api.Containers;
using Berth.Engine.Containers;
using Berth.Linux.Cgroups;

namespace Berth.Engine.Tests.Containers;

public sealed class HostConfigValidationTests
{
    private static readonly HostFacts Host = new() { CgroupV2 = true, Processors = 2, Cgroups = CgroupFeatures.All };

    public static TheoryData<HostConfig, string> Refusals => new()
    {
        { new HostConfig { Memory = 1024 }, "Minimum memory limit allowed is 6MB" },
        { new HostConfig { Memory = 8 << 20, MemorySwap = 7 << 20 }, "Minimum memoryswap limit should be larger than memory limit, see usage" },
        { new HostConfig { MemorySwap = 7 << 20 }, "You should always set the Memory limit when using Memoryswap limit, see usage" },
        { new HostConfig { Memory = 8 << 20, MemoryReservation = 9 << 20 }, "Minimum memory limit can not be less than memory reservation limit, see usage" },
        { new HostConfig { MemorySwappiness = 101 }, "Invalid value: 101, valid memory swappiness range is 0-100" },
        { new HostConfig { NanoCpus = 3_000_000_000 }, "range of CPUs is from 0.01 to 2.00, as there are only 2 CPUs available" },
        { new HostConfig { NanoCpus = 1, CpuQuota = 1000 }, "Conflicting options: Nano CPUs and CPU Quota cannot both be set" },
        { new HostConfig { CpuPeriod = 10 }, "CPU cfs period can not be less than 1ms (i.e. 1000) or larger than 1s (i.e. 1000000)" },
        { new HostConfig { CpuQuota = 10 }, "CPU cfs quota can not be less than 1ms (i.e. 1000)" },
        { new HostConfig { CpusetCpus = "0,9" }, "Requested CPUs are not available - requested 0,9, available: 0-3" },
        { new HostConfig { CpusetCpus = "a" }, "Invalid value a for cpuset cpus: invalid format: a" },
        { new HostConfig { BlkioWeight = 5 }, "Range of blkio weight is from 10 to 1000" },
        { new HostConfig { OomScoreAdj = 1001 }, "Invalid value 1001, range for oom score adj is [-1000, 1000]" },
        { new HostConfig { ShmSize = -1 }, "SHM size can not be less than 0" },
        { new HostConfig { IpcMode = "container" }, "invalid IPC mode: container" },
        { new HostConfig { PidMode = "private" }, "invalid PID mode: private" },
        { new HostConfig { UTSMode = "container:x" }, "invalid UTS mode: container:x" },
        { new HostConfig { UsernsMode = "keep-id" }, "invalid user namespace mode: keep-id" },
        { new HostConfig { CgroupnsMode = "shared" }, "invalid cgroup namespace mode: shared" },
        { new HostConfig { CapAdd = ["NO_SUCH"] }, "invalid CapAdd: unknown capability: \"CAP_NO_SUCH\"" },
        { new HostConfig { CapDrop = ["CAP_"] }, "invalid CapDrop: unknown capability: \"CAP_\"" },
        { new HostConfig { SecurityOpt = ["nonsense"] }, "invalid --security-opt 1: \"nonsense\"" },
        { new HostConfig { SecurityOpt = ["systempaths=unconfined"] }, "invalid --security-opt 2: \"systempaths=unconfined\"" },
        { new HostConfig { SecurityOpt = ["no-new-privileges=maybe"] }, "invalid --security-opt 2: \"no-new-privileges=maybe\"" },
        { new HostConfig { DeviceCgroupRules = ["c 1:3"] }, "invalid device cgroup rule format: 'c 1:3'" },
        { new HostConfig { DeviceRequests = [new DeviceRequest { Count = -1, Capabilities = [["gpu"]] }] }, "could not select device driver \"\" with capabilities: [[gpu]]" },
        { new HostConfig { Sysctls = new Dictionary<string, string> { ["kernel.core_pattern"] = "|/bin/sh" } }, "sysctl 'kernel.core_pattern' is not in a separate kernel namespace" },
        { new HostConfig { NetworkMode = "host", Sysctls = new Dictionary<string, string> { ["net.ipv4.ip_forward"] = "1" } }, "sysctl 'net.ipv4.ip_forward' not allowed in host network namespace" },
        { new HostConfig { Ulimits = [new HostConfigUlimits { Name = "files", Soft = 1, Hard = 1 }] }, "invalid ulimit type: files" },
        { new HostConfig { Ulimits = [new HostConfigUlimits { Name = "nofile", Soft = 2, Hard = 1 }] }, "ulimit soft limit must be less than or equal to hard limit: 2 > 1" },
        { new HostConfig { LogConfig = new HostConfigLogConfig { Type = "splunk" } }, "error looking up logging plugin splunk: plugin \"splunk\" not found" },
        { new HostConfig { Tmpfs = new Dictionary<string, string> { ["run"] = "" } }, "invalid mount path: 'run' mount path must be absolute" },
        { new HostConfig { Tmpfs = new Dictionary<string, string> { ["/../"] = "" } }, "invalid specification: destination can't be '/'" },
        { new HostConfig { AutoRemove = true, RestartPolicy = new RestartPolicy { Name = "always" } }, "can't create 'AutoRemove' container with restart policy" },
        { new HostConfig { RestartPolicy = new RestartPolicy { Name = "sometimes" } }, "invalid restart policy: unknown policy 'sometimes'; use one of 'no', 'always', 'on-failure', or 'unless-stopped'" },
        { new HostConfig { IOMaximumIOps = 1 }, "Invalid QoS settings: linux does not support configuration of maximum IOPs" },
        { new HostConfig { StorageOpt = new Dictionary<string, string> { ["size"] = "1g" } }, "--storage-opt is supported only for overlay over xfs with 'pquota' mount option" },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public void What_cannot_be_had_is_refused_in_Docker_s_sentence(HostConfig hostConfig, string sentence)
    {
        EngineException refusal = Assert.Throws<EngineException>(() => Normalize(hostConfig, Host));

        Assert.Equal(sentence, refusal.Message);
    }

    [Fact]
    public void Defaults_are_filled_in_as_docker_inspect_shows_them()
    {
        (HostConfig normalized, IReadOnlyList<string> warnings) = Normalize(new HostConfig { Memory = 8 << 20, PidsLimit = 0 }, Host);

        Assert.Empty(warnings);
        Assert.Equal(16 << 20, normalized.MemorySwap);
        Assert.Equal(64 << 20, normalized.ShmSize);
        Assert.Equal("private", normalized.IpcMode);
        Assert.Equal("private", normalized.CgroupnsMode);
        Assert.Null(normalized.PidsLimit);
        Assert.Equal("no", normalized.RestartPolicy!.Name);
        Assert.Equal("json-file", normalized.LogConfig!.Type);
        Assert.Contains("/sys/devices/virtual/powercap", normalized.MaskedPaths!);
        Assert.Contains("/proc/sys", normalized.ReadonlyPaths!);
    }

    [Fact]
    public void A_container_sees_the_host_s_cgroups_on_v1_and_its_own_on_v2()
    {
        Assert.Equal("host", Normalize(new HostConfig(), Host with { CgroupV2 = false }).HostConfig.CgroupnsMode);
        Assert.Equal("private", Normalize(new HostConfig { Privileged = true }, Host).HostConfig.CgroupnsMode);
    }

    [Fact]
    public void The_operators_modes_are_for_containers_that_name_none()
    {
        var validation = new HostConfigValidation(new EngineOptions { DefaultIpcMode = "shareable", DefaultCgroupNamespaceMode = "host" }, Host);

        HostConfig unsaid = validation.Normalize(new HostConfig()).HostConfig;
        HostConfig said = validation.Normalize(new HostConfig { IpcMode = "none", CgroupnsMode = "private" }).HostConfig;

        Assert.Equal(("shareable", "host"), (unsaid.IpcMode, unsaid.CgroupnsMode));
        Assert.Equal(("none", "private"), (said.IpcMode, said.CgroupnsMode));
    }

    [Fact]
    public void What_the_kernel_does_not_know_is_dropped_with_a_warning()
    {
        HostFacts host = Host with { Cgroups = new CgroupFeatures { Memory = true, CpuQuota = true } };

        (HostConfig normalized, IReadOnlyList<string> warnings) = Normalize(
            new HostConfig { Memory = 8 << 20, CpuShares = 5, PidsLimit = 3, BlkioWeight = 100, OomKillDisable = true }, host);

        Assert.Equal(-1, normalized.MemorySwap);
        Assert.Equal(0, normalized.CpuShares);
        Assert.Null(normalized.PidsLimit);
        Assert.Equal(0, normalized.BlkioWeight);
        Assert.Null(normalized.OomKillDisable);
        Assert.Equal(5, warnings.Count);
    }

    [Fact]
    public void Capabilities_are_kept_in_one_spelling()
    {
        HostConfig normalized = Normalize(new HostConfig { CapAdd = ["net_admin", "ALL"], CapDrop = ["Cap_Mknod"] }, Host).HostConfig;

        Assert.Equal(["CAP_NET_ADMIN", "ALL"], normalized.CapAdd!);
        Assert.Equal(["CAP_MKNOD"], normalized.CapDrop!);
    }

    [Fact]
    public void A_capability_that_the_daemon_lacks_is_refused()
    {
        EngineException refusal = Assert.Throws<EngineException>(() =>
            Normalize(new HostConfig { CapAdd = ["SYS_RESOURCE"] }, Host with { Capabilities = ["CAP_CHOWN"] }));

        Assert.Equal("invalid CapAdd: capability not supported by your kernel or not available in the current environment: \"CAP_SYS_RESOURCE\"", refusal.Message);
    }

    [Fact]
    public void A_privileged_container_has_nothing_masked()
    {
        HostConfig normalized = Normalize(new HostConfig { Privileged = true, MaskedPaths = ["/proc/kcore"] }, Host).HostConfig;

        Assert.Null(normalized.MaskedPaths);
        Assert.Null(normalized.ReadonlyPaths);
        Assert.Equal(["label=disable"], normalized.SecurityOpt!);
    }

    [Fact]
    public void A_seccomp_profile_that_is_no_JSON_is_refused()
    {
        EngineException refusal = Assert.Throws<EngineException>(() => Normalize(new HostConfig { SecurityOpt = ["seccomp=/etc/profile.json"] }, Host));

        Assert.Equal("Decoding seccomp profile failed: invalid character '/' looking for beginning of value", refusal.Message);
    }

    private static (HostConfig HostConfig, IReadOnlyList<string> Warnings) Normalize(HostConfig hostConfig, HostFacts host) =>
        new HostConfigValidation(new EngineOptions(), host).Normalize(hostConfig);
}
