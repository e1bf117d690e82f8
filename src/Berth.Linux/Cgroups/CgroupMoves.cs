using Berth.Linux.Descriptors;

namespace Berth.Linux.Cgroups;

/// <summary>Takes a wait out of the way of a process that is about to be moved into a control group.</summary>
/// <remarks>
/// The first write to a <c>cgroup.procs</c> after a while waits for an RCU grace period, some 10 ms; one that follows closely does not.
/// Source: kernel, kernel/cgroup/cgroup.c, cgroup_attach_lock; kernel/rcu/sync.c. A write that changes nothing, made in time, lets the grace
/// period pass beside other work, and shorter.
/// </remarks>
/// <param name="gracePeriods">Disposed of with this.</param>
public sealed class CgroupMoves(GracePeriods gracePeriods) : IDisposable
{
    private readonly OwnCgroup _own = new("/proc/self/cgroup", static () => CgroupProcesses.DirectoryOf(Environment.ProcessId));

    /// <summary>As <see cref="Hasten"/>, beside what the caller does next.</summary>
    public void BeginHasten() => _ = Task.Run(Hasten);

    /// <summary>Writes this process into the group that it is in, and returns after the grace period. Where that is not allowed nothing is gained.</summary>
    public void Hasten()
    {
        if (_own.Take(out IDisposable? use) is { } group)
        {
            using (use)
            {
                // An advance, not a step: the move itself reports what is wrong.
                gracePeriods.Shorten(() => _ = DescriptorCalls.WriteAll(group, "0"u8));
            }
        }
    }

    public void Dispose()
    {
        gracePeriods.Dispose();
        _own.Dispose();
    }
}
