using System.Runtime.InteropServices;

namespace Berth.Linux.Seccomp;

/// <summary>One argument of a system call, compared. Source: seccomp_rule_add(3), struct scmp_arg_cmp.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly struct SeccompCondition(uint argument, SeccompComparison comparison, ulong first, ulong second)
{
    private readonly uint _argument = argument;
    private readonly SeccompComparison _comparison = comparison;
    private readonly ulong _first = first;
    private readonly ulong _second = second;

    /// <summary>Which argument, from 0.</summary>
    public uint Argument => _argument;
}

/// <summary>Source: seccomp.h of libseccomp, enum scmp_compare.</summary>
public enum SeccompComparison
{
    NotEqual = 1,
    Less = 2,
    LessOrEqual = 3,
    Equal = 4,
    GreaterOrEqual = 5,
    Greater = 6,

    /// <summary>The argument behind the mask (the first value) equals the second value.</summary>
    MaskedEqual = 7,
}
