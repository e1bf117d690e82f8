using Berth.Api.Networks;
using Berth.Engine.Networks;

namespace Berth.Engine.Containers;

public sealed partial class ContainerService
{
    /// <summary>A running container joins at once, one that does not run with its next start.</summary>
    public async Task ConnectAsync(string network, NetworkConnectRequest request, CancellationToken ct)
    {
        NetworkInspect joined = _networks.Resolve(network);
        Container container = _table.Get(request.Container);
        using (await container.LockAsync(ct).ConfigureAwait(false))
        {
            ContainerTransitions.Check(ContainerVerb.Connect, container);
            CheckMode(container.Spec, joined.Name);
            EndpointSettings asked = ContainerNetworks.Asked(request.EndpointConfig);
            _networks.Validate(joined.Name, asked);
            ContainerSpec before = container.Spec;
            Sandbox? sandbox = container.State.Sandbox;
            if (container.State.HasProcess && sandbox is not null)
            {
                sandbox = await _networks.ConnectAsync(sandbox, joined.Name, asked, CancellationToken.None).ConfigureAwait(false);
            }

            SaveNetworks(container, new Dictionary<string, EndpointSettings>(before.Networks) { [joined.Name] = asked }, sandbox);
        }
    }

    public async Task DisconnectAsync(string network, NetworkDisconnectRequest request, CancellationToken ct)
    {
        string name = FindNetworkName(network, request.Force);
        Container container = _table.Get(request.Container);
        using (await container.LockAsync(ct).ConfigureAwait(false))
        {
            ContainerTransitions.Check(ContainerVerb.Connect, container);
            if (container.Spec.HostConfig.NetworkMode == SandboxRequests.Host && name == SandboxRequests.Host)
            {
                throw NetworkModeErrors.HostIsFixed();
            }

            var networks = new Dictionary<string, EndpointSettings>(container.Spec.Networks);
            if (!networks.Remove(name))
            {
                throw ContainerErrors.NotConnected(container.Id, name);
            }

            Sandbox? sandbox = container.State.Sandbox;
            if (container.State.HasProcess && sandbox is not null)
            {
                sandbox = await _networks.DisconnectAsync(sandbox, name, CancellationToken.None).ConfigureAwait(false);
            }

            SaveNetworks(container, networks, sandbox);
        }
    }

    /// <summary>By force, a container can leave a network that is gone.</summary>
    private string FindNetworkName(string network, bool force)
    {
        try
        {
            return _networks.Resolve(network).Name;
        }
        catch (EngineException e) when (force && e.Kind == ErrorKind.NotFound)
        {
            return network;
        }
    }

    private void SaveNetworks(Container container, Dictionary<string, EndpointSettings> networks, Sandbox? sandbox)
    {
        container.Spec = container.Spec with { Networks = networks };
        container.State = container.State with { Sandbox = sandbox };
        _store.Save(container);
    }

    private static void CheckMode(ContainerSpec spec, string network)
    {
        string mode = spec.HostConfig.NetworkMode;
        if (SandboxRequests.SharedContainer(mode) is not null)
        {
            throw NetworkModeErrors.SharedIsFixed();
        }

        if (mode == SandboxRequests.Host || network == SandboxRequests.Host)
        {
            throw NetworkModeErrors.HostIsFixed();
        }

        if (network == SandboxRequests.None || spec.Networks.ContainsKey(SandboxRequests.None))
        {
            throw NetworkModeErrors.NoneIsAlone();
        }
    }
}
