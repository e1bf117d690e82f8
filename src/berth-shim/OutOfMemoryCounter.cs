using System.Buffers.Text;
using System.Text;
using Berth.Linux.Descriptors;

namespace Berth.Shim;

/// <summary>How often the kernel killed in a cgroup for memory. Source: kernel, admin-guide/cgroup-v1/memory.rst and cgroup-v2.rst, "oom_kill".</summary>
internal sealed class OutOfMemoryCounter
{
    private readonly string _path;
    private readonly long _atStart;

    private OutOfMemoryCounter(string path)
    {
        _path = path;
        _atStart = Read();
    }

    /// <summary>The counter of the process's memory cgroup; null where there is none.</summary>
    public static OutOfMemoryCounter? For(int pid)
    {
        Span<byte> buffer = stackalloc byte[8192];
        int length = DescriptorCalls.ReadFile($"/proc/{pid}/cgroup", buffer);
        if (length <= 0)
        {
            return null;
        }

        // hierarchy:controllers:path; version 2 is "0::path". Source: cgroups(7).
        string? second = null;
        foreach (Range range in ((ReadOnlySpan<byte>)buffer[..length]).Split((byte)'\n'))
        {
            ReadOnlySpan<byte> line = buffer[range];
            int path = line.IndexOf(":/"u8);
            if (path < 0)
            {
                continue;
            }

            string directory = Encoding.UTF8.GetString(line[(path + 1)..]);
            if (line[..path].EndsWith(":memory"u8))
            {
                return new($"/sys/fs/cgroup/memory{directory}/memory.oom_control");
            }

            if (line.StartsWith("0::"u8))
            {
                second = $"/sys/fs/cgroup{directory}/memory.events";
            }
        }

        return second is null ? null : new(second);
    }

    public bool HasRisen() => Read() > _atStart;

    private long Read()
    {
        Span<byte> buffer = stackalloc byte[1024];
        int length = DescriptorCalls.ReadFile(_path, buffer);
        ReadOnlySpan<byte> text = buffer[..Math.Max(0, length)];
        int key = text.IndexOf("oom_kill "u8);
        return key >= 0 && Utf8Parser.TryParse(text[(key + "oom_kill ".Length)..], out long count, out _) ? count : 0;
    }
}
