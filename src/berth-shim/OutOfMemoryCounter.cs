using System.Buffers.Text;
using Berth.Linux.Descriptors;

namespace Berth.Shim;

/// <summary>How often the kernel killed in a cgroup for memory. Source: kernel, admin-guide/cgroup-v1/memory.rst and cgroup-v2.rst, "oom_kill".</summary>
internal sealed class OutOfMemoryCounter
{
    // Version 1 first: where both are mounted, the memory controller is with one of them only, and so is the file.
    private readonly string[] _paths;
    private readonly long _atStart;

    /// <summary>Counts from now on. The cgroup need not exist yet.</summary>
    /// <param name="cgroupsPath">From the root of the hierarchy.</param>
    public OutOfMemoryCounter(string cgroupsPath)
    {
        _paths = [$"/sys/fs/cgroup/memory{cgroupsPath}/memory.oom_control", $"/sys/fs/cgroup{cgroupsPath}/memory.events"];
        _atStart = Read();
    }

    public bool HasRisen() => Read() > _atStart;

    private long Read()
    {
        Span<byte> buffer = stackalloc byte[1024];
        foreach (string path in _paths)
        {
            int length = DescriptorCalls.ReadFile(path, buffer);
            ReadOnlySpan<byte> text = buffer[..Math.Max(0, length)];
            int key = text.IndexOf("oom_kill "u8);
            if (key >= 0 && Utf8Parser.TryParse(text[(key + "oom_kill ".Length)..], out long count, out _))
            {
                return count;
            }
        }

        return 0;
    }
}
