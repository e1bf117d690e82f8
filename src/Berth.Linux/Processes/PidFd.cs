using System.Runtime.InteropServices;
using Berth.Linux.Descriptors;

namespace Berth.Linux.Processes;

/// <summary>A process by descriptor: it stays this process even when its id is used again. Source: pidfd_open(2), kernel ≥ 5.3.</summary>
public static partial class PidFd
{
    private const nint SYS_pidfd_open = 434;

    /// <returns>Null where there is no such process.</returns>
    public static Descriptor? Open(int pid)
    {
        nint number = SysCall(SYS_pidfd_open, pid, 0);
        int errno = Marshal.GetLastPInvokeError();
        if (number >= 0)
        {
            return new Descriptor((int)number);
        }

        return errno == Errno.ESRCH ? null : throw new LinuxException("pidfd_open", errno);
    }

    /// <summary>Blocks until the process has ended; it need not be a child.</summary>
    /// <returns>False where the time ran out.</returns>
    public static bool WaitForExit(Descriptor pidFd, TimeSpan timeout)
    {
        long end = Environment.TickCount64 + (long)timeout.TotalMilliseconds;
        Span<PollEntry> entry = [new PollEntry { Number = pidFd.Number, Events = Poll.POLLIN }];
        while (true)
        {
            long left = end - Environment.TickCount64;
            if (Poll.Wait(entry, (int)Math.Max(0, left)) > 0)
            {
                return true;
            }

            if (left <= 0)
            {
                return false;
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint SysCall(nint number, nint a, nint b);
}
