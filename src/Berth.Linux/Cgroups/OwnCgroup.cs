using Berth.Linux.Descriptors;

namespace Berth.Linux.Cgroups;

/// <summary>The <c>cgroup.procs</c> of the group that this process is in, kept open.</summary>
/// <param name="membershipPath">A file that tells one group from another.</param>
/// <param name="directory">Directory of the group; null where no hierarchy is mounted.</param>
public sealed class OwnCgroup(string membershipPath, Func<string?> directory) : IDisposable
{
    private readonly Lock _lock = new();
    private byte[] _membership = [];
    private Descriptor? _processes;
    private bool _disposed;

    /// <returns>Open for writing until <paramref name="use"/> is disposed; null where it cannot be written to.</returns>
    public Descriptor? Take(out IDisposable? use)
    {
        use = null;
        Span<byte> membership = stackalloc byte[4096];
        int length = DescriptorCalls.ReadFile(membershipPath, membership);
        if (length <= 0 || length == membership.Length)
        {
            return null;
        }

        lock (_lock)
        {
            if (_disposed)
            {
                return null;
            }

            // An operator may have moved the daemon since: a write to the old group would move it back.
            if (!membership[..length].SequenceEqual(_membership))
            {
                _membership = membership[..length].ToArray();
                _processes?.Dispose();
                _processes = Open();
            }

            use = _processes?.Hold();
            return _processes;
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            _processes?.Dispose();
        }
    }

    private Descriptor? Open()
    {
        try
        {
            return directory() is { } group ? DescriptorCalls.Open(Path.Combine(group, "cgroup.procs"), DescriptorCalls.O_WRONLY) : null;
        }
        catch (LinuxException)
        {
            // No such file, or read-only: in a container, most often.
            return null;
        }
    }
}
