using System.Runtime.InteropServices;
using Berth.Engine.Containers;
using Berth.Engine.Containers.Security;
using Berth.Oci.RuntimeSpec;

namespace Berth.Engine.Tests.Containers.Security;

/// <summary>The compiled program says of every call what the rules say of it.</summary>
public sealed class SeccompProgramsTests
{
    private const uint Allow = 0x7fff0000;
    private const uint ErrorEperm = 0x00050001;
    private const uint ErrorEnosys = 0x00050026;

    // Numbers of x86_64. Source: kernel, arch/x86/entry/syscalls/syscall_64.tbl.
    private const int Read = 0, Clone = 56, Socket = 41, Personality = 135, Mount = 165, Keyctl = 250, Unshare = 272, Bpf = 321, OpenAt2 = 437, Clone3 = 435;

    private const ulong NewUserNamespace = 0x10000000;

    private static readonly HostFacts Host = new() { Kernel = new Version(6, 1), Architecture = "amd64" };

    private static byte[] Program(LinuxSeccomp rules) => Convert.FromBase64String(new SeccompPrograms().Of(rules) ?? throw new InvalidOperationException("no program"));

    private static byte[] BuiltIn(params string[] capabilities) =>
        Program(SeccompProfile.BuiltInProfile.Resolve([.. CapabilityNames.Defaults, .. capabilities], Host));

    [Theory]
    [InlineData(Allow, Read)]
    [InlineData(Allow, OpenAt2)]
    [InlineData(ErrorEperm, Mount)]
    [InlineData(ErrorEperm, Keyctl)]
    [InlineData(ErrorEperm, Bpf)]
    [InlineData(ErrorEperm, Unshare)]
    [InlineData(ErrorEnosys, Clone3)]
    [InlineData(Allow, Clone, 0UL)]
    [InlineData(ErrorEperm, Clone, NewUserNamespace)]
    [InlineData(Allow, Personality, 0UL)]
    [InlineData(Allow, Personality, 8UL)]
    [InlineData(ErrorEperm, Personality, 1UL)]
    [InlineData(Allow, Socket, 2UL)]
    [InlineData(ErrorEperm, Socket, 38UL)]
    [InlineData(ErrorEperm, Socket, 40UL)]
    public void The_built_in_profile_is_kept(uint action, int number, params ulong[] arguments)
    {
        Assert.SkipUnless(RuntimeInformation.ProcessArchitecture == Architecture.X64, "numbers of another architecture");
        Assert.Equal(action, BpfMachine.Run(BuiltIn(), BpfMachine.X86_64, number, arguments));
    }

    [Fact]
    public void A_capability_opens_its_calls()
    {
        Assert.SkipUnless(RuntimeInformation.ProcessArchitecture == Architecture.X64, "numbers of another architecture");
        byte[] program = BuiltIn("CAP_SYS_ADMIN");
        Assert.Equal(Allow, BpfMachine.Run(program, BpfMachine.X86_64, Mount));
        Assert.Equal(Allow, BpfMachine.Run(program, BpfMachine.X86_64, Clone, NewUserNamespace));
    }

    [Fact]
    public void A_call_of_a_foreign_architecture_is_not_let_through()
    {
        const uint sparc64 = 0x8000002B;
        Assert.NotEqual(Allow, BpfMachine.Run(BuiltIn(), sparc64, Read));
    }

    [Fact]
    public void A_list_of_what_is_denied_allows_the_rest()
    {
        Assert.SkipUnless(RuntimeInformation.ProcessArchitecture == Architecture.X64, "numbers of another architecture");
        byte[] program = Program(new LinuxSeccomp
        {
            DefaultAction = "SCMP_ACT_ALLOW",
            Syscalls =
            [
                new SeccompRule { Names = ["mount", "no_such_call"], Action = "SCMP_ACT_ERRNO", ErrnoRet = 38 },
                new SeccompRule { Names = ["keyctl"], Action = "SCMP_ACT_KILL_PROCESS" },
                new SeccompRule { Names = ["bpf"], Action = "SCMP_ACT_ALLOW" },

                // two conditions on one argument are alternatives
                new SeccompRule { Names = ["socket"], Action = "SCMP_ACT_ERRNO", Args = [new(0, 38, 0, "SCMP_CMP_EQ"), new(0, 40, 0, "SCMP_CMP_EQ")] },

                // on two arguments both must hold
                new SeccompRule { Names = ["clone"], Action = "SCMP_ACT_ERRNO", Args = [new(0, NewUserNamespace, NewUserNamespace, "SCMP_CMP_MASKED_EQ"), new(1, 7, 0, "SCMP_CMP_GE")] },
            ],
        });
        Assert.Equal(ErrorEnosys, BpfMachine.Run(program, BpfMachine.X86_64, Mount));
        Assert.Equal(0x80000000, BpfMachine.Run(program, BpfMachine.X86_64, Keyctl));
        Assert.Equal(Allow, BpfMachine.Run(program, BpfMachine.X86_64, Bpf));
        Assert.Equal(Allow, BpfMachine.Run(program, BpfMachine.X86_64, Socket, 2));
        Assert.Equal(ErrorEperm, BpfMachine.Run(program, BpfMachine.X86_64, Socket, 38));
        Assert.Equal(ErrorEperm, BpfMachine.Run(program, BpfMachine.X86_64, Socket, 40));
        Assert.Equal(Allow, BpfMachine.Run(program, BpfMachine.X86_64, Clone, NewUserNamespace, 6));
        Assert.Equal(ErrorEperm, BpfMachine.Run(program, BpfMachine.X86_64, Clone, NewUserNamespace | 1, 7));
    }

    [Fact]
    public void What_only_a_runtime_can_say_is_left_to_it()
    {
        var programs = new SeccompPrograms();
        LinuxSeccomp rules = new() { DefaultAction = "SCMP_ACT_ALLOW" };
        Assert.NotNull(programs.Of(rules));
        Assert.Null(programs.Of(rules with { Flags = ["SECCOMP_FILTER_FLAG_LOG"] }));
        Assert.Null(programs.Of(rules with { ListenerPath = "/run/listener" }));
        Assert.Null(programs.Of(rules with { DefaultAction = "SCMP_ACT_NOTIFY" }));
        Assert.Null(programs.Of(rules with { Architectures = ["SCMP_ARCH_NONE_SUCH"] }));
        Assert.Null(programs.Of(rules with { Syscalls = [new SeccompRule { Names = ["mount"], Action = "SCMP_ACT_ERRNO", Args = [new(0, 0, 0, "SCMP_CMP_WHAT")] }] }));
    }
}
