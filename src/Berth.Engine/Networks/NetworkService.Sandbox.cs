using System.Net;
using Berth.Api.Networks;
using Berth.Linux;
using Berth.Linux.Netlink;

namespace Berth.Engine.Networks;

public sealed partial class NetworkService
{
    /// <summary>Makes the namespace, joins the networks, publishes ports, writes hosts, hostname and resolv.conf. Undoes itself on failure.</summary>
    /// <exception cref="EngineException">A network is missing, an address or port is taken, or the kernel refused.</exception>
    internal async Task<Sandbox> CreateSandboxAsync(SandboxRequest request, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        await using var undo = new Undo(_logger);
        _remover.Flush(request.ContainerId);
        LiveSandbox live = EnterNetworks(request, mayWait: true);
        undo.Push($"network of container {request.ContainerId}", () => TakeDown(live));

        if (live.NamespacePath is { } path)
        {
            HoldPorts(live);
            MakeNamespace(live, path);
            Publish(live);
            StartDns(live);
        }

        WriteFiles(live);
        lock (_lock)
        {
            _sandboxes[live.ContainerId] = live;
        }

        undo.Complete();
        foreach ((Network network, _) in live.Attachments)
        {
            PublishEvent("connect", network, live.ContainerId);
        }

        return SnapshotOf(live);
    }

    /// <summary>Takes everything of <paramref name="sandbox"/> down; what is gone already is no error.</summary>
    internal Task RemoveSandboxAsync(Sandbox sandbox, CancellationToken ct)
    {
        LiveSandbox? live;
        lock (_lock)
        {
            _sandboxes.Remove(sandbox.ContainerId, out live);
        }

        if (live is null)
        {
            TakeDownUnknown(sandbox);
            return Task.CompletedTask;
        }

        TakeDown(live);
        foreach ((Network network, _) in live.Attachments)
        {
            PublishEvent("disconnect", network, live.ContainerId);
        }

        return Task.CompletedTask;
    }

    /// <summary>(1) In memory: every network gives its address, or none does.</summary>
    /// <param name="mayWait">An address that is refused may become free when interfaces of stopped containers are gone.</param>
    private LiveSandbox EnterNetworks(SandboxRequest request, bool mayWait)
    {
        try
        {
            return EnterNetworks(request);
        }
        catch (EngineException)
        {
            // Not in a filter of the catch: that would run, and wait, with the lock still held.
            if (!mayWait || !_remover.Flush())
            {
                throw;
            }
        }

        return EnterNetworks(request, mayWait: false);
    }

    private LiveSandbox EnterNetworks(SandboxRequest request)
    {
        var live = new LiveSandbox(request, request.NetworkMode == "host" ? null : _paths.NetworkNamespace(request.ContainerId));
        lock (_lock)
        {
            try
            {
                foreach ((Network network, EndpointSettings settings) in WantedNetworks(request))
                {
                    live.Attachments.Add((network, Enter(network, request, settings)));
                }
            }
            catch
            {
                LeaveNetworks(live);
                throw;
            }
        }

        return live;
    }

    /// <summary>
    /// What was named, that of the network mode first; under the lock. A container that left the network of its mode does not come back to it
    /// by starting again; one that names none has only its mode.
    /// </summary>
    private List<(Network Network, EndpointSettings Settings)> WantedNetworks(SandboxRequest request)
    {
        var wanted = new List<(Network Network, EndpointSettings Settings)>();
        IEnumerable<string> names = request.Endpoints.Count == 0
            ? [request.NetworkMode]
            : request.Endpoints.Keys.OrderBy(name => name != request.NetworkMode);
        foreach (string name in names)
        {
            Network network = Find(name);
            if (wanted.Any(w => w.Network == network))
            {
                continue;
            }

            EndpointSettings settings = request.Endpoints.GetValueOrDefault(name)
                ?? request.Endpoints.GetValueOrDefault(network.Name) ?? request.Endpoints.GetValueOrDefault(network.Id) ?? new EndpointSettings();
            wanted.Add((network, settings));
        }

        if (wanted.Count > 1 && wanted.Any(w => w.Network.Driver == "null"))
        {
            throw NetworkErrors.CannotJoinMultipleWithNone();
        }

        return wanted.Count > 1 && wanted.Any(w => w.Network.Driver == "host") ? throw NetworkErrors.CannotJoinOthers() : wanted;
    }

    /// <summary>(3) In the kernel: namespace, interfaces, addresses, default route.</summary>
    private void MakeNamespace(LiveSandbox live, string path)
    {
        try
        {
            using var sandbox = SandboxNamespace.Create(path);
            int number = 0;
            foreach ((Network network, Endpoint endpoint) in live.Attachments)
            {
                DriverOf(network).Join(network, endpoint, sandbox, $"{network.Bridge?.InterfacePrefix}{number++}");
            }

            SetDefaultRoute(live, sandbox);
        }
        catch (LinuxException e)
        {
            throw Joining(e);
        }
    }

    private static void SetDefaultRoute(LiveSandbox live, SandboxNamespace sandbox)
    {
        var batch = new NetlinkBatch();
        if (live.Gateway is { } gateway)
        {
            // The gateway's subnet says which interface, so none is named.
            batch.ReplaceDefaultRoute(Ipv4Network.Address(gateway.Network.Gateway));
            sandbox.Netlink.Execute(batch);
            return;
        }

        batch.DeleteDefaultRoute();
        if (sandbox.Netlink.TryExecute(batch) is { } failure && failure.Errno != Errno.ESRCH)
        {
            throw failure;
        }
    }

    private void WriteFiles(LiveSandbox live)
    {
        _files.WriteHostname(live.Request);
        if (live.NamespacePath is null)
        {
            _files.WriteHostsOfHost(live.Request, HostGateway());
            _files.WriteResolvConfOfHost(live.Request);
            return;
        }

        IPAddress[] own = [.. live.Attachments.Where(a => a.Endpoint.Address != 0).Select(a => Ipv4Network.Address(a.Endpoint.Address))];
        _files.WriteHosts(live.Request, own, LinkedContainers(live), HostGateway());
        _files.WriteResolvConf(live.Request, live.ResolvesNames);
    }

    /// <summary>Links of the default bridge: <c>name:alias</c>, resolved once, as dockerd does.</summary>
    private List<(IPAddress Address, string Names)> LinkedContainers(LiveSandbox live)
    {
        var links = new List<(IPAddress, string)>();
        foreach (string link in live.Request.Links)
        {
            string[] parts = link.Split(':', 2);
            string name = parts[0].TrimStart('/');
            string alias = parts.Length == 2 ? parts[1][(parts[1].LastIndexOf('/') + 1)..] : name;
            lock (_lock)
            {
                Endpoint target = Find("bridge").Endpoints.Values.FirstOrDefault(e => e.ContainerName == name || e.ContainerId == name)
                    ?? throw NetworkErrors.LinkTargetNotRunning(name, alias);
                string[] names = [.. ((string[])[alias, target.ContainerId[..12], target.ContainerName]).Distinct()];
                links.Add((Ipv4Network.Address(target.Address), string.Join(' ', names)));
            }
        }

        return links;
    }
}
