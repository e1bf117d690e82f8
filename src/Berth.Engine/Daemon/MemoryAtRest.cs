using Berth.Linux.Processes;

namespace Berth.Engine.Daemon;

/// <summary>What the process holds on to for the next request.</summary>
public static class MemoryAtRest
{
    /// <summary>Gives the kernel back what nothing refers to any more, of the managed heap and of the libraries' own. Takes some milliseconds.</summary>
    public static void Release()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        ProcessMemory.ReleaseFreed();
    }
}
