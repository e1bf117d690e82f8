using System.Runtime.InteropServices;

namespace Berth.Linux;

/// <summary>The system's wall clock in nanoseconds, which <see cref="System.TimeProvider"/> cuts to 100.</summary>
public static unsafe partial class Clock
{
    private const int CLOCK_REALTIME = 0;

    /// <returns>Seconds since 1970 (UTC), and nanoseconds into the second.</returns>
    public static (long Seconds, int Nanoseconds) RealTime()
    {
        long* time = stackalloc long[2];
        _ = ClockGetTime(CLOCK_REALTIME, time);
        return (time[0], (int)time[1]);
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int ClockGetTime(int clock, long* time);
}
