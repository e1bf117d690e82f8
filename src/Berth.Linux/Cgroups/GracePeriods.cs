using Berth.Linux.Descriptors;

namespace Berth.Linux.Cgroups;

/// <summary>Cuts the kernel's RCU grace periods short while something of ours waits for one: some tenths of a millisecond in place of some 10 ms.</summary>
/// <remarks>
/// The switch is the host's, so it is on only that long, and what is left on by a daemon that was killed at that moment is switched off by the next.
/// Where the operator has switched it on it stays on; where short grace periods are forbidden (<c>rcu_normal</c>) the kernel pays no heed to it.
/// Source: kernel, kernel/ksysfs.c, rcu_expedited; kernel/rcu/tree.c, synchronize_rcu.
/// </remarks>
public sealed class GracePeriods : IDisposable
{
    private const int MarkerMode = 0x180; // 0600

    private readonly Lock _lock = new();
    private readonly string _switchPath;
    private readonly string _markerPath;
    private int _users;
    private bool _switchedOn;
    private bool _disposed;

    /// <param name="markerPath">There while the switch is on because of us; on a file system that does not outlive the kernel.</param>
    /// <param name="switchPath">Another one in a test.</param>
    public GracePeriods(string markerPath, string switchPath = "/sys/kernel/rcu_expedited")
    {
        _markerPath = markerPath;
        _switchPath = switchPath;
        if (File.Exists(markerPath))
        {
            TrySwitch("0"u8);
            _ = DescriptorCalls.Unlink(markerPath);
        }
    }

    /// <summary>Runs <paramref name="action"/>, which waits for a grace period; at its usual length where the switch is not ours to turn.</summary>
    public void Shorten(Action action)
    {
        Begin();
        try
        {
            action();
        }
        finally
        {
            End();
        }
    }

    /// <summary>Switches back at once: the process may end before those who still wait do.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            SwitchBack();
        }
    }

    private void Begin()
    {
        lock (_lock)
        {
            _users++;
            if (_users == 1 && !_disposed && IsOff() && TryMark())
            {
                _switchedOn = TrySwitch("1"u8);
                if (!_switchedOn)
                {
                    _ = DescriptorCalls.Unlink(_markerPath);
                }
            }
        }
    }

    private void End()
    {
        lock (_lock)
        {
            _users--;
            if (_users == 0)
            {
                SwitchBack();
            }
        }
    }

    private void SwitchBack()
    {
        if (_switchedOn)
        {
            _switchedOn = false;
            TrySwitch("0"u8);
            _ = DescriptorCalls.Unlink(_markerPath);
        }
    }

    private bool IsOff()
    {
        Span<byte> value = stackalloc byte[16];
        return DescriptorCalls.ReadFile(_switchPath, value) > 0 && value[0] == '0';
    }

    private bool TryMark()
    {
        try
        {
            using Descriptor marker = DescriptorCalls.Open(_markerPath, DescriptorCalls.O_WRONLY | DescriptorCalls.O_CREAT, MarkerMode);
            return true;
        }
        catch (LinuxException)
        {
            // Nothing is switched that could not be switched back.
            return false;
        }
    }

    private bool TrySwitch(ReadOnlySpan<byte> value)
    {
        try
        {
            using Descriptor file = DescriptorCalls.Open(_switchPath, DescriptorCalls.O_WRONLY);
            return DescriptorCalls.WriteAll(file, value) == 0;
        }
        catch (LinuxException)
        {
            // Read-only, as in most containers.
            return false;
        }
    }
}
