using System.Buffers.Text;
using System.Runtime.InteropServices;
using Berth.Linux.Descriptors;

namespace Berth.Linux.Processes;

/// <summary>Facts about processes, and the calling process's own place among them.</summary>
public static partial class ProcessCalls
{
    private const int PR_SET_NAME = 15;
    private const int PR_SET_CHILD_SUBREAPER = 36;

    /// <summary>Makes the caller the parent of its descendants' orphans. Source: prctl(2).</summary>
    public static void BecomeSubreaper()
    {
        int result = PrCtl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
        int errno = Marshal.GetLastPInvokeError();
        if (result != 0)
        {
            throw new LinuxException("prctl PR_SET_CHILD_SUBREAPER", errno);
        }
    }

    /// <summary>The name that ps and top show; the kernel keeps 15 bytes.</summary>
    public static void SetName(string name) => _ = PrCtlName(PR_SET_NAME, name, 0, 0, 0);

    /// <summary>
    /// When a process started, in clock ticks after boot: with the id it names one process for ever, since ids are used again.
    /// Source: proc_pid_stat(5), field 22.
    /// </summary>
    /// <returns>Null where there is no such process.</returns>
    public static long? StartTime(int pid)
    {
        Span<byte> stat = stackalloc byte[1024];
        int length = DescriptorCalls.ReadFile($"/proc/{pid}/stat", stat);
        if (length <= 0)
        {
            return null;
        }

        // The name, field 2, stands in parentheses and may hold anything; field 3 comes two bytes behind the last one.
        ReadOnlySpan<byte> rest = stat[..length];
        rest = rest[(rest.LastIndexOf((byte)')') + 2)..];
        for (int field = 3; field < 22; field++)
        {
            rest = rest[(rest.IndexOf((byte)' ') + 1)..];
        }

        return Utf8Parser.TryParse(rest, out long ticks, out _) ? ticks : null;
    }

    [LibraryImport("libc", EntryPoint = "prctl", SetLastError = true)]
    private static partial int PrCtl(int option, nuint a, nuint b, nuint c, nuint d);

    [LibraryImport("libc", EntryPoint = "prctl", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int PrCtlName(int option, string name, nuint b, nuint c, nuint d);
}
