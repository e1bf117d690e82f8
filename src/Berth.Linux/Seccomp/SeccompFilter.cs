using Berth.Linux.Descriptors;
using Berth.Linux.Files;

namespace Berth.Linux.Seccomp;

/// <summary>A filter for system calls in the making, up to the program that the kernel loads. Source: seccomp(2); libseccomp's manual.</summary>
public sealed class SeccompFilter : IDisposable
{
    public const uint KillThread = 0x00000000;
    public const uint KillProcess = 0x80000000;
    public const uint Trap = 0x00030000;
    public const uint Log = 0x7ffc0000;
    public const uint Allow = 0x7fff0000;

    private nint _context;

    /// <param name="defaultAction">What happens to a call without a rule.</param>
    /// <exception cref="LinuxException">The action is none.</exception>
    /// <exception cref="DllNotFoundException">libseccomp is not installed.</exception>
    public SeccompFilter(uint defaultAction)
    {
        _context = LibSeccomp.seccomp_init(defaultAction);
        if (_context == 0)
        {
            throw new LinuxException("seccomp_init", Errno.EINVAL);
        }
    }

    public static uint Error(uint errno) => 0x00050000 | (errno & 0xffff);

    public static uint Trace(uint number) => 0x7ff00000 | (number & 0xffff);

    /// <param name="name">As the library has it: <c>x86_64</c>, <c>aarch64</c>.</param>
    /// <exception cref="LinuxException">No such architecture.</exception>
    public void AddArchitecture(string name)
    {
        uint architecture = LibSeccomp.seccomp_arch_resolve_name(name);
        int result = architecture == 0 ? -Errno.EINVAL : LibSeccomp.seccomp_arch_add(_context, architecture);
        if (result is not (0 or -Errno.EEXIST))
        {
            throw new LinuxException("seccomp_arch_add", -result, name);
        }
    }

    /// <param name="conditions">All of them must hold; none is any call of that name.</param>
    /// <returns>False where the library does not know the call.</returns>
    /// <exception cref="LinuxException">The rule contradicts another, or names an argument that there is not.</exception>
    public bool TryAdd(uint action, string systemCall, params SeccompCondition[] conditions)
    {
        int number = LibSeccomp.seccomp_syscall_resolve_name(systemCall);
        if (number == LibSeccomp.UnknownSystemCall)
        {
            return false;
        }

        int result = LibSeccomp.seccomp_rule_add_array(_context, action, number, (uint)conditions.Length, conditions);
        return result == 0 ? true : throw new LinuxException("seccomp_rule_add", -result, systemCall);
    }

    /// <summary>The program, as an array of struct sock_filter.</summary>
    /// <exception cref="LinuxException">It cannot be made.</exception>
    public byte[] Compile()
    {
        using Descriptor file = MemoryFile.Create("seccomp");
        int result = LibSeccomp.seccomp_export_bpf(_context, file.Number);
        if (result != 0)
        {
            throw new LinuxException("seccomp_export_bpf", -result);
        }

        byte[] program = new byte[DescriptorCalls.Length(file)];
        int count = DescriptorCalls.ReadAt(file, program, 0);
        return count == program.Length ? program : throw new LinuxException("pread", count < 0 ? -count : Errno.EIO);
    }

    public void Dispose()
    {
        if (_context != 0)
        {
            LibSeccomp.seccomp_release(_context);
            _context = 0;
        }
    }
}
