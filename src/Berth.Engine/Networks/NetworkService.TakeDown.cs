using Berth.Api.Networks;
using Berth.Linux;
using Berth.Linux.Namespaces;

namespace Berth.Engine.Networks;

public sealed partial class NetworkService
{
    /// <summary>Every step is tried, in the order in which nothing leads into what is gone already; the first failure is thrown at the end.</summary>
    private void TakeDown(LiveSandbox live)
    {
        Exception? first = null;
        Try(() => Unpublish(live));
        Try(() => live.Dns?.Dispose());
        foreach (PortReservations.Reservation reservation in live.Reservations)
        {
            Try(reservation.Dispose);
        }

        lock (_lock)
        {
            foreach ((Network network, Endpoint endpoint) in live.Attachments)
            {
                network.Remove(endpoint);
            }
        }

        if (live.NamespacePath is not null)
        {
            _remover.Add(live);
        }

        if (first is not null)
        {
            throw first is LinuxException e ? new EngineException(ErrorKind.System, $"failed to take down container networking: {e.Message}", e) : first;
        }

        void Try(Action step)
        {
            try
            {
                step();
            }
            catch (Exception e) when (e is LinuxException or EngineException or IOException)
            {
                Log.LeftoverStays(_logger, "network of container", live.ContainerId, e);
                first ??= e;
            }
        }
    }

    /// <summary>
    /// Of a sandbox that nobody holds, taken down before or by a daemon before this one. Its address and ports may be another container's by now,
    /// so only what carries its own id is touched; the rest went with the holder, or goes with <see cref="AdoptAsync"/>.
    /// </summary>
    private void TakeDownUnknown(Sandbox sandbox)
    {
        try
        {
            foreach (EndpointSettings settings in sandbox.Endpoints.Values.Where(s => s is { EndpointID.Length: > 0, IPAddress.Length: > 0 }))
            {
                _bridges.RemoveInterface(Endpoint.HostInterfaceOf(settings.EndpointID));
            }

            if (sandbox.NamespacePath is { } path)
            {
                NetNamespace.Delete(path);
            }
        }
        catch (LinuxException e)
        {
            throw new EngineException(ErrorKind.System, $"failed to take down container networking: {e.Message}", e);
        }
    }

    private static void LeaveNetworks(LiveSandbox live)
    {
        foreach ((Network network, Endpoint endpoint) in live.Attachments)
        {
            network.Remove(endpoint);
            network.Release(endpoint);
        }
    }

    /// <summary>The second half of taking down, for several at once: what of it fails is found again by the next start.</summary>
    private void Discard(IReadOnlyList<LiveSandbox> sandboxes)
    {
        try
        {
            foreach (IGrouping<Network, Endpoint> left in sandboxes.SelectMany(s => s.Attachments).Where(a => a.Network.Driver == "bridge").GroupBy(a => a.Network, a => a.Endpoint))
            {
                _bridges.LeaveAll(left.Key, [.. left]);
            }

            foreach (LiveSandbox sandbox in sandboxes)
            {
                NetNamespace.Delete(sandbox.NamespacePath!); // Without one there is nothing to discard.
            }
        }
        finally
        {
            lock (_lock)
            {
                foreach ((Network network, Endpoint endpoint) in sandboxes.SelectMany(s => s.Attachments))
                {
                    network.Release(endpoint);
                }
            }
        }
    }
}
