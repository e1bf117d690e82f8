using System.Runtime.InteropServices;

namespace Berth.Linux.Descriptors;

/// <summary>struct pollfd. Source: poll(2).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct PollEntry
{
    /// <summary>A negative number is passed over by the kernel.</summary>
    public int Number;
    public short Events;
    public short Returned;
}

public static unsafe partial class Poll
{
    public const short POLLIN = 0x1;
    public const short POLLOUT = 0x4;
    public const short POLLERR = 0x8;
    public const short POLLHUP = 0x10;
    public const short POLLNVAL = 0x20;

    /// <summary>Waits until an entry is ready.</summary>
    /// <param name="timeoutMilliseconds">-1 waits for ever.</param>
    /// <returns>How many entries are ready: 0 after the timeout or when a signal came.</returns>
    public static int Wait(Span<PollEntry> entries, int timeoutMilliseconds)
    {
        fixed (PollEntry* start = entries)
        {
            int ready = PollNative(start, (nuint)entries.Length, timeoutMilliseconds);
            int errno = Marshal.GetLastPInvokeError();
            if (ready >= 0)
            {
                return ready;
            }

            return errno == Errno.EINTR ? 0 : throw new LinuxException("poll", errno);
        }
    }

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int PollNative(PollEntry* entries, nuint count, int timeout);
}
