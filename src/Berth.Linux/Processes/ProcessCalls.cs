using System.Buffers.Text;
using System.Runtime.InteropServices;
using System.Text;
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
        const int startTime = 22;
        return ReadStat(pid, startTime);
    }

    /// <summary>
    /// Overwrites the last of the program's arguments as ps shows them. It must have been started with a longer one or one of the same
    /// length. Source: proc_pid_stat(5), fields 48 and 49, arg_start and arg_end.
    /// </summary>
    /// <param name="length">The present length of the last argument, in bytes.</param>
    public static unsafe void SetLastArgument(string text, int length)
    {
        const int argumentsEnd = 49;
        if (ReadStat(Environment.ProcessId, argumentsEnd) is long end && end > length)
        {
            // The argument and the zero byte behind it.
            var argument = new Span<byte>((byte*)(nint)end - length - 1, length);
            argument.Clear();
            Encoding.UTF8.TryGetBytes(text, argument, out _);
        }
    }

    private static long? ReadStat(int pid, int field)
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
        for (int i = 3; i < field; i++)
        {
            rest = rest[(rest.IndexOf((byte)' ') + 1)..];
        }

        return Utf8Parser.TryParse(rest, out long value, out _) ? value : null;
    }

    [LibraryImport("libc", EntryPoint = "prctl", SetLastError = true)]
    private static partial int PrCtl(int option, nuint a, nuint b, nuint c, nuint d);

    [LibraryImport("libc", EntryPoint = "prctl", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int PrCtlName(int option, string name, nuint b, nuint c, nuint d);
}
