using Berth.Linux;
using Microsoft.Extensions.Logging;

namespace Berth.Engine.Networks;

/// <summary>Takes interfaces and namespaces of stopped containers out of the kernel, on a thread of its own and several at once.</summary>
/// <remarks>
/// To unregister an interface the kernel waits, for 10 ms and more, with the lock held that every other change of the network needs; for several at
/// once it waits once. So nobody waits for that, and containers that come and go quickly do not wait for each other. An address is only given
/// out again when its interface is gone, or frames to the new owner could still end at the old one.
/// </remarks>
/// <param name="remove">Takes all of them out; does not throw for what it can report.</param>
internal sealed class SandboxRemover(ILogger logger, Action<IReadOnlyList<LiveSandbox>> remove) : IDisposable
{
    /// <summary>How long a stopped container waits for others.</summary>
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(200);

    private const int MaxGathered = 64;

    private readonly object _monitor = new();
    private readonly List<LiveSandbox> _waiting = [];
    private IReadOnlyList<LiveSandbox> _underWay = [];
    private Thread? _thread;
    private bool _isInHurry;
    private bool _isStopping;

    public void Add(LiveSandbox sandbox)
    {
        lock (_monitor)
        {
            _waiting.Add(sandbox);
            if (_thread is null)
            {
                _thread = new Thread(Work) { IsBackground = true, Name = "sandbox remover" };
                _thread.Start();
            }

            Monitor.PulseAll(_monitor);
        }
    }

    /// <summary>Waits until nothing is left to do.</summary>
    /// <returns>Whether there was anything.</returns>
    public bool Flush() => WaitWhile(() => _waiting.Count + _underWay.Count > 0);

    /// <summary>Waits until that container has left the kernel.</summary>
    public bool Flush(string containerId) => WaitWhile(() => _waiting.Concat(_underWay).Any(s => s.ContainerId == containerId));

    /// <summary>What waits is still done.</summary>
    public void Dispose()
    {
        lock (_monitor)
        {
            _isStopping = true;
            Monitor.PulseAll(_monitor);
        }

        _thread?.Join();
    }

    private bool WaitWhile(Func<bool> isPending)
    {
        lock (_monitor)
        {
            bool waited = false;
            while (isPending())
            {
                waited = _isInHurry = true;
                Monitor.PulseAll(_monitor);
                Monitor.Wait(_monitor);
            }

            return waited;
        }
    }

    private void Work()
    {
        while (Gather() is { Count: > 0 } gathered)
        {
            try
            {
                remove(gathered);
            }
            catch (Exception e) when (e is LinuxException or IOException or EngineException)
            {
                Log.LeftoverStays(logger, "network of container", gathered[0].ContainerId, e);
            }

            lock (_monitor)
            {
                _underWay = [];
                _isInHurry = _isInHurry && _waiting.Count > 0;
                Monitor.PulseAll(_monitor);
            }
        }
    }

    /// <returns>Nothing when the daemon stops and all is done.</returns>
    private IReadOnlyList<LiveSandbox> Gather()
    {
        lock (_monitor)
        {
            while (_waiting.Count == 0 && !_isStopping)
            {
                Monitor.Wait(_monitor);
            }

            long started = Environment.TickCount64;
            while (!_isInHurry && !_isStopping && _waiting.Count < MaxGathered)
            {
                TimeSpan left = Gathering - TimeSpan.FromMilliseconds(Environment.TickCount64 - started);
                if (left <= TimeSpan.Zero || !Monitor.Wait(_monitor, left))
                {
                    break;
                }
            }

            _underWay = [.. _waiting];
            _waiting.Clear();
            return _underWay;
        }
    }
}
