using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Berth.Linux.Processes;

namespace Berth.Runtime.Shim;

/// <summary>Takes the status of shims that this process started, when they have ended; without a thread for each. A process has one SIGCHLD, so there is one of this.</summary>
internal static class ShimReaper
{
    // Only shims that are about to end: an exit costs no look at all the others.
    private static readonly ConcurrentDictionary<int, byte> Ending = new();
    private static readonly PosixSignalRegistration ChildSignal = PosixSignalRegistration.Create(PosixSignal.SIGCHLD, static _ => Reap());

    /// <summary>The shim has closed its connection, or lost it before it had anything to do: it has ended, or will.</summary>
    public static void Expect(int pid)
    {
        // First into the list: between a look that finds it running and the signal nothing is lost.
        Ending[pid] = 0;
        Reap();
        GC.KeepAlive(ChildSignal);
    }

    private static void Reap()
    {
        foreach (int pid in Ending.Keys)
        {
            if (ChildProcess.TryWait(pid) is not null)
            {
                Ending.TryRemove(pid, out _);
            }
        }
    }
}
