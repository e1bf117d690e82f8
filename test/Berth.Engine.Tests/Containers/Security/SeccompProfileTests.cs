using Berth.Engine.Containers;
using Berth.Engine.Containers.Security;
using Berth.Oci.RuntimeSpec;

namespace Berth.Engine.Tests.Containers.Security;

public sealed class SeccompProfileTests
{
    private static readonly HostFacts Host = new() { Kernel = new Version(6, 1), Architecture = "amd64" };

    [Fact]
    public void The_built_in_profile_denies_what_it_does_not_name()
    {
        LinuxSeccomp resolved = SeccompProfile.BuiltInProfile.Resolve(CapabilityNames.Defaults, Host);

        Assert.Equal("SCMP_ACT_ERRNO", resolved.DefaultAction);
        Assert.Equal(["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"], resolved.Architectures!);
        Assert.True(Allows(resolved, "openat2"));
        Assert.True(Allows(resolved, "chroot"));
        Assert.False(Allows(resolved, "mount"));
        Assert.False(Allows(resolved, "bpf"));
        Assert.False(Allows(resolved, "io_uring_setup"));
        Assert.False(Allows(resolved, "keyctl"));
    }

    [Fact]
    public void Sockets_of_the_crypto_and_vsock_families_are_denied()
    {
        const int AF_ALG = 38, AF_VSOCK = 40, AF_INET = 2;
        SeccompRule[] rules = [.. SeccompProfile.BuiltInProfile.Resolve(CapabilityNames.Defaults, Host).Syscalls!.Where(rule => rule.Names.Contains("socket"))];

        Assert.NotEmpty(rules);
        Assert.True(AllowsFamily(AF_INET));
        Assert.False(AllowsFamily(AF_ALG));
        Assert.False(AllowsFamily(AF_VSOCK));

        bool AllowsFamily(ulong family) => rules.Any(rule => rule.Args!.All(argument => argument.Op switch
        {
            "SCMP_CMP_LT" => family < argument.Value,
            "SCMP_CMP_GT" => family > argument.Value,
            "SCMP_CMP_EQ" => family == argument.Value,
            _ => false,
        }));
    }

    [Fact]
    public void A_capability_opens_its_calls()
    {
        LinuxSeccomp resolved = SeccompProfile.BuiltInProfile.Resolve([.. CapabilityNames.Defaults, "CAP_SYS_ADMIN"], Host);

        Assert.True(Allows(resolved, "mount"));
        Assert.DoesNotContain(resolved.Syscalls!, rule => rule.Names.Contains("clone3") && rule.Action == "SCMP_ACT_ERRNO");
    }

    [Fact]
    public void Without_CAP_SYS_ADMIN_clone3_is_unknown_so_that_libc_falls_back_to_clone()
    {
        LinuxSeccomp resolved = SeccompProfile.BuiltInProfile.Resolve(CapabilityNames.Defaults, Host);

        SeccompRule rule = Assert.Single(resolved.Syscalls!, rule => rule.Names.Contains("clone3"));
        Assert.Equal(("SCMP_ACT_ERRNO", 38u), (rule.Action, rule.ErrnoRet));
    }

    [Fact]
    public void Rules_for_other_machines_and_newer_kernels_are_left_out()
    {
        const string profile = """
            {"defaultAction":"SCMP_ACT_ERRNO","syscalls":[
              {"names":["a"],"action":"SCMP_ACT_ALLOW","includes":{"arches":["arm64"]}},
              {"names":["b"],"action":"SCMP_ACT_ALLOW","includes":{"minKernel":"6.2"}},
              {"names":["c"],"action":"SCMP_ACT_ALLOW","excludes":{"arches":["amd64"]}},
              {"names":["d"],"action":"SCMP_ACT_ALLOW","includes":{"arches":["amd64","arm64"],"minKernel":"5.0"}}]}
            """;

        LinuxSeccomp resolved = SeccompProfile.Parse(profile).Resolve([], Host);

        Assert.Equal(["d"], Assert.Single(resolved.Syscalls!).Names);
    }

    [Theory]
    [InlineData("{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"architectures\":[\"x\"],\"archMap\":[{\"architecture\":\"y\"}]}")]
    [InlineData("{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[{\"name\":\"a\",\"names\":[\"b\"],\"action\":\"x\"}]}")]
    [InlineData("null")]
    [InlineData("[]")]
    public void A_profile_that_contradicts_itself_is_refused(string profile) =>
        Assert.Equal(ErrorKind.InvalidParameter, Assert.Throws<EngineException>(() => SeccompProfile.Parse(profile)).Kind);

    [Fact]
    public void A_profile_that_says_nothing_is_none() => Assert.True(SeccompProfile.Parse("{}").IsEmpty);

    [Fact]
    public void Capabilities_come_from_the_defaults_what_is_added_and_what_is_dropped()
    {
        Assert.Equal(CapabilityNames.Defaults, CapabilityNames.Resolve([], [], false, CapabilityNames.All));
        Assert.Equal(["CAP_CHOWN"], CapabilityNames.Resolve(["CAP_CHOWN"], ["ALL"], false, CapabilityNames.All));
        Assert.Equal(CapabilityNames.All.Count - 1, CapabilityNames.Resolve(["ALL"], ["CAP_BPF"], false, CapabilityNames.All).Count);
        Assert.Contains("CAP_BPF", CapabilityNames.Resolve(["CAP_BPF"], ["CAP_CHOWN"], false, CapabilityNames.All));
    }

    [Fact]
    public void A_mask_of_the_kernel_s_is_read_by_number() =>
        Assert.Equal(["CAP_CHOWN", "CAP_FOWNER", "CAP_CHECKPOINT_RESTORE"], CapabilityNames.Of((1UL << 0) | (1UL << 3) | (1UL << 40)));

    private static bool Allows(LinuxSeccomp seccomp, string call) =>
        seccomp.Syscalls!.Any(rule => rule.Action == "SCMP_ACT_ALLOW" && rule.Names.Contains(call) && rule.Args is null);
}
