using Berth.Linux;
using Microsoft.Extensions.Logging;

namespace Berth.Engine.Networks;

/// <summary>Takes interfaces of stopped containers away, on a thread of its own: the kernel takes 10 ms and more for each, and nobody has to wait for that.</summary>
/// <remarks>
/// An address may only be given out again when the interface that had it is gone, or frames to its new owner could still end at the old one.
/// </remarks>
/// <param name="remove">Takes one interface away.</param>
/// <param name="removed">Told when it is gone, or cannot be taken away.</param>
internal sealed class LinkRemover(ILogger logger, Action<Network, Endpoint> remove, Action<Network, Endpoint> removed) : IDisposable
{
    private readonly object _monitor = new();
    private readonly Queue<(Network Network, Endpoint Endpoint)> _queue = [];
    private readonly HashSet<string> _pendingEndpoints = new(StringComparer.Ordinal);
    private readonly HashSet<string> _pendingContainers = new(StringComparer.Ordinal);
    private Thread? _thread;
    private bool _isStopping;

    public void Add(Network network, Endpoint endpoint)
    {
        lock (_monitor)
        {
            _queue.Enqueue((network, endpoint));
            _pendingEndpoints.Add(endpoint.Id);
            _pendingContainers.Add(endpoint.ContainerId);
            if (_thread is null)
            {
                _thread = new Thread(Work) { IsBackground = true, Name = "link remover" };
                _thread.Start();
            }

            Monitor.PulseAll(_monitor);
        }
    }

    /// <summary>Waits until nothing is left to do.</summary>
    /// <returns>Whether there was anything.</returns>
    public bool Flush() => WaitWhile(() => _pendingEndpoints.Count > 0);

    /// <summary>Waits until the interfaces of that container are gone.</summary>
    public bool Flush(string containerId) => WaitWhile(() => _pendingContainers.Contains(containerId));

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
                waited = true;
                Monitor.Wait(_monitor);
            }

            return waited;
        }
    }

    private void Work()
    {
        while (TryTake(out Network? network, out Endpoint? endpoint))
        {
            try
            {
                remove(network, endpoint);
            }
            catch (LinuxException e)
            {
                Log.LeftoverStays(logger, "interface", endpoint.HostInterface, e);
            }

            removed(network, endpoint);
            lock (_monitor)
            {
                _pendingEndpoints.Remove(endpoint.Id);
                if (!_queue.Any(left => left.Endpoint.ContainerId == endpoint.ContainerId))
                {
                    _pendingContainers.Remove(endpoint.ContainerId);
                }

                Monitor.PulseAll(_monitor);
            }
        }
    }

    /// <summary>Waits for work. What is left when the daemon stops is still done.</summary>
    private bool TryTake([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Network? network, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Endpoint? endpoint)
    {
        lock (_monitor)
        {
            while (_queue.Count == 0 && !_isStopping)
            {
                Monitor.Wait(_monitor);
            }

            bool found = _queue.TryDequeue(out (Network Network, Endpoint Endpoint) next);
            (network, endpoint) = (next.Network, next.Endpoint);
            return found;
        }
    }
}
