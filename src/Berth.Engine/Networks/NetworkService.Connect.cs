using Berth.Api.Networks;
using Berth.Linux;
using Berth.Linux.Netlink;

namespace Berth.Engine.Networks;

public sealed partial class NetworkService
{
    /// <summary>Joins one more network while the container runs.</summary>
    /// <exception cref="EngineException">It is in it already, cannot be in others, or the kernel refused; then nothing has changed.</exception>
    internal async Task<Sandbox> ConnectAsync(Sandbox sandbox, string network, EndpointSettings settings, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        LiveSandbox live = Live(sandbox);
        await using var undo = new Undo(_logger);
        bool resolvedNames = live.ResolvesNames;
        (Network Network, Endpoint Endpoint) joined = EnterOneMore(live, network, settings);
        undo.Push($"connection of container {live.ContainerId} to network {joined.Network.Name}", () => Withdraw(live, joined));

        try
        {
            using SandboxNamespace inside = SandboxNamespace.Open(live.NamespacePath!); // Without one EnterOneMore has thrown.
            DriverOf(joined.Network).Join(joined.Network, joined.Endpoint, inside, FreeName(inside, joined.Network));
            FollowGateway(live, inside);
        }
        catch (LinuxException e)
        {
            throw Joining(e);
        }

        if (!resolvedNames && live.ResolvesNames)
        {
            StartDns(live);
        }

        _files.AddHost(live.Request, Ipv4Network.Address(joined.Endpoint.Address));
        _files.ChangeResolvConf(live.Request, resolvedNames, live.ResolvesNames);
        live.Request = live.Request with { Endpoints = With(live.Request.Endpoints, joined.Network.Name, settings) };
        undo.Complete();
        PublishEvent("connect", joined.Network, live.ContainerId);
        return SnapshotOf(live);
    }

    /// <exception cref="EngineException">The container is not in that network, or the kernel refused.</exception>
    internal Task<Sandbox> DisconnectAsync(Sandbox sandbox, string network, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        LiveSandbox live = Live(sandbox);
        bool resolvedNames = live.ResolvesNames;
        (Network Network, Endpoint Endpoint) left = FindAttachment(live, network);
        if (left.Network.Driver == "host")
        {
            throw NetworkErrors.HostCannotBeJoined();
        }

        try
        {
            Withdraw(live, left);
        }
        catch (LinuxException e)
        {
            throw new EngineException(ErrorKind.System, $"container {live.ContainerId} failed to leave network {left.Network.Name}: {e.Message}", e);
        }

        if (!live.ResolvesNames)
        {
            live.Dns?.Dispose();
            live.Dns = null;
        }

        if (left.Endpoint.Address != 0)
        {
            _files.RemoveHost(live.Request, Ipv4Network.Address(left.Endpoint.Address));
        }

        _files.ChangeResolvConf(live.Request, resolvedNames, live.ResolvesNames);
        live.Request = live.Request with { Endpoints = With(live.Request.Endpoints, left.Network.Name, null) };
        PublishEvent("disconnect", left.Network, live.ContainerId);
        return Task.FromResult(SnapshotOf(live));
    }

    private LiveSandbox Live(Sandbox sandbox)
    {
        lock (_lock)
        {
            if (!_sandboxes.TryGetValue(sandbox.ContainerId, out LiveSandbox? live))
            {
                _sandboxes[sandbox.ContainerId] = live = Recall(sandbox);
            }

            return live;
        }
    }

    private (Network Network, Endpoint Endpoint) EnterOneMore(LiveSandbox live, string name, EndpointSettings settings)
    {
        lock (_lock)
        {
            Network network = Find(name);
            if (network.Driver == "host")
            {
                throw NetworkErrors.HostCannotBeJoined();
            }

            if (live.NamespacePath is null)
            {
                throw NetworkErrors.CannotJoinOthers();
            }

            if (network.Driver == "null" || live.Attachments.Any(a => a.Network.Driver == "null"))
            {
                throw NetworkErrors.CannotJoinMultipleWithNone();
            }

            (Network, Endpoint) joined = (network, Enter(network, live.Request, settings));
            live.Attachments.Add(joined);
            return joined;
        }
    }

    private static (Network Network, Endpoint Endpoint) FindAttachment(LiveSandbox live, string network)
    {
        int index = live.Attachments.FindIndex(a =>
            a.Network.Name == network || a.Network.Id == network || (network.Length >= 12 && a.Network.Id.StartsWith(network, StringComparison.Ordinal)));
        return index >= 0 ? live.Attachments[index] : throw NetworkErrors.NotConnected(live.ContainerId, network);
    }

    /// <summary>Out of the kernel, then out of memory.</summary>
    private void Withdraw(LiveSandbox live, (Network Network, Endpoint Endpoint) attachment)
    {
        DriverOf(attachment.Network).Leave(attachment.Network, attachment.Endpoint);
        lock (_lock)
        {
            live.Attachments.RemoveAll(a => a.Endpoint.Id == attachment.Endpoint.Id);
            attachment.Network.Remove(attachment.Endpoint);
            attachment.Network.Release(attachment.Endpoint);
        }

        using SandboxNamespace inside = SandboxNamespace.Open(live.NamespacePath!); // Containers with the host's network never come here.
        FollowGateway(live, inside);
    }

    /// <summary>Default route and published ports move when another network leads outside now.</summary>
    private void FollowGateway(LiveSandbox live, SandboxNamespace inside)
    {
        SetDefaultRoute(live, inside);
        PublishedPort[] wanted = live.Gateway is { } gateway && live.Ports.Count > 0 ? [.. PublishedPorts(live, gateway.Endpoint)] : [];
        if (wanted.SequenceEqual(live.Published) && (live.Ports.Count > 0 || live.Gateway is null))
        {
            return;
        }

        Unpublish(live);
        if (live.Ports.Count == 0)
        {
            // The first network that leads outside: ports could not be published before.
            HoldPorts(live);
        }

        Publish(live);
    }

    private static string FreeName(SandboxNamespace inside, Network network)
    {
        string prefix = network.Bridge!.InterfacePrefix; // Only bridge networks are joined later.
        HashSet<string> taken = [.. inside.Netlink.ListLinks().Select(link => link.Name)];
        return Enumerable.Range(0, taken.Count + 1).Select(number => $"{prefix}{number}").First(name => !taken.Contains(name));
    }

    private static Dictionary<string, EndpointSettings> With(IReadOnlyDictionary<string, EndpointSettings> endpoints, string name, EndpointSettings? settings)
    {
        var changed = new Dictionary<string, EndpointSettings>(endpoints);
        changed.Remove(name);
        if (settings is not null)
        {
            changed[name] = settings;
        }

        return changed;
    }
}
