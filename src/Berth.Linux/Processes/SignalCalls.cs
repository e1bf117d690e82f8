using System.Runtime.InteropServices;
using Berth.Linux.Descriptors;

namespace Berth.Linux.Processes;

/// <summary>Signals: sending, ignoring, and receiving through a descriptor. Source: signal(7), signalfd(2).</summary>
public static unsafe partial class SignalCalls
{
    public const int SIGHUP = 1;
    public const int SIGINT = 2;
    public const int SIGKILL = 9;
    public const int SIGPIPE = 13;
    public const int SIGTERM = 15;
    public const int SIGCHLD = 17;

    private const int SIG_BLOCK = 0;
    private const int SFD_NONBLOCK = 0x800;
    private const int SFD_CLOEXEC = 0x80000;

    /// <returns>0, or minus errno: -ESRCH where no such process is.</returns>
    public static int Send(int pid, int signal)
    {
        int result = Kill(pid, signal);
        int errno = Marshal.GetLastPInvokeError();
        return result == 0 ? 0 : -errno;
    }

    public static void Ignore(int signal) => _ = Signal(signal, 1);

    /// <summary>Whether the signal is blocked in the calling thread.</summary>
    public static bool IsBlocked(int signal)
    {
        SignalSet set = default;
        _ = SigMask(SIG_BLOCK, null, &set);
        return set.Contains(signal);
    }

    /// <summary>Blocks the signal in the calling thread and in those that it starts from here on.</summary>
    public static void Block(int signal)
    {
        SignalSet set = default;
        set.Add(signal);
        _ = SigMask(SIG_BLOCK, &set, null);
    }

    /// <summary>A non-blocking descriptor that is readable while the signal is pending. Every thread must block the signal, else it is lost.</summary>
    public static Descriptor Open(int signal)
    {
        SignalSet set = default;
        set.Add(signal);
        int number = SignalFd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
        int errno = Marshal.GetLastPInvokeError();
        return number >= 0 ? new Descriptor(number) : throw new LinuxException("signalfd", errno);
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int pid, int signal);

    [LibraryImport("libc", EntryPoint = "signal", SetLastError = true)]
    private static partial nint Signal(int signal, nint handler);

    [LibraryImport("libc", EntryPoint = "pthread_sigmask", SetLastError = true)]
    private static partial int SigMask(int how, SignalSet* set, SignalSet* old);

    [LibraryImport("libc", EntryPoint = "signalfd", SetLastError = true)]
    private static partial int SignalFd(int fd, SignalSet* set, int flags);
}
