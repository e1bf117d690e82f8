using Berth.Linux.Descriptors;

namespace Berth.Linux.Cgroups;

/// <summary>Takes a wait out of the way of a process that is about to be moved into a control group.</summary>
/// <remarks>
/// The first write to a <c>cgroup.procs</c> after a while waits for an RCU grace period, some 10 ms; one that follows closely does not.
/// Source: kernel, kernel/cgroup/cgroup.c, cgroup_attach_lock; kernel/rcu/sync.c. A write that changes nothing, made in time, lets the grace
/// period pass beside other work, and shorter.
/// </remarks>
public static class CgroupMoves
{
    private static readonly Lock s_lock = new();
    private static byte[] s_membership = [];
    private static Descriptor? s_ownGroup;

    /// <summary>Writes this process into the group that it is in, and returns after the grace period. Where that is not allowed nothing is gained.</summary>
    public static void Hasten(GracePeriods gracePeriods)
    {
        Span<byte> membership = stackalloc byte[4096];
        int length = DescriptorCalls.ReadFile("/proc/self/cgroup", membership);
        if (length <= 0 || length == membership.Length)
        {
            return;
        }

        Descriptor? group;
        lock (s_lock)
        {
            group = OwnGroup(membership[..length]);
        }

        if (group is not null)
        {
            // An advance, not a step: the move itself reports what is wrong.
            gracePeriods.Shorten(() => _ = DescriptorCalls.WriteAll(group, "0"u8));
        }
    }

    // An operator may have moved the daemon since: a write to the old group would move it back.
    private static Descriptor? OwnGroup(ReadOnlySpan<byte> membership)
    {
        if (membership.SequenceEqual(s_membership))
        {
            return s_ownGroup;
        }

        s_membership = membership.ToArray();
        s_ownGroup = null;
        try
        {
            s_ownGroup = CgroupProcesses.DirectoryOf(Environment.ProcessId) is { } directory
                ? DescriptorCalls.Open(Path.Combine(directory, "cgroup.procs"), DescriptorCalls.O_WRONLY)
                : null;
        }
        catch (LinuxException)
        {
            // No such file, or read-only: in a container, most often.
        }

        return s_ownGroup;
    }
}
