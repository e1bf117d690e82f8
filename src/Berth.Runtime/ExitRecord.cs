using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Berth.Linux;
using Berth.Linux.Descriptors;

namespace Berth.Runtime;

/// <summary>A <see cref="TaskExit"/> as a file: exit code, time in 100 ns since the year 1 (UTC), and 1 or 0 for out of memory, on one line.</summary>
internal static class ExitRecord
{
    private const int Mode = 0x180; // 0600

    /// <exception cref="LinuxException">It cannot be written; an earlier record stands.</exception>
    public static void Write(string path, TaskExit exit)
    {
        string line = string.Create(CultureInfo.InvariantCulture, $"{exit.ExitCode} {exit.At.UtcTicks} {(exit.OutOfMemory ? 1 : 0)}\n");
        DescriptorCalls.WriteFile(path, Encoding.ASCII.GetBytes(line), Mode);
    }

    /// <returns>Null where there is no record, or none that can be read.</returns>
    public static TaskExit? Read(string path)
    {
        Span<byte> content = stackalloc byte[64];
        int length = DescriptorCalls.ReadFile(path, content);
        if (length <= 0)
        {
            return null;
        }

        ReadOnlySpan<byte> rest = content[..length];
        return TryTake(ref rest, out long code) && TryTake(ref rest, out long ticks) && TryTake(ref rest, out long outOfMemory)
            && ticks >= 0 && ticks <= DateTimeOffset.MaxValue.UtcTicks
            ? new TaskExit((int)code, new DateTimeOffset(ticks, TimeSpan.Zero), outOfMemory != 0)
            : null;
    }

    private static bool TryTake(ref ReadOnlySpan<byte> rest, out long value)
    {
        bool ok = Utf8Parser.TryParse(rest, out value, out int used) && used < rest.Length;
        rest = ok ? rest[(used + 1)..] : rest;
        return ok;
    }
}
