using System.Runtime.InteropServices;

namespace Berth.Linux.Processes;

/// <summary>The memory that libraries got from the C library's allocator.</summary>
public static partial class ProcessMemory
{
    /// <summary>Gives what they have freed back to the kernel: the allocator keeps it else. Source: malloc_trim(3).</summary>
    public static void ReleaseFreed() => _ = malloc_trim(0);

    [LibraryImport("libc")]
    private static partial int malloc_trim(nuint pad);
}
