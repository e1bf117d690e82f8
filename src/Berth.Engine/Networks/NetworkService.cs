using Berth.Api;
using Berth.Api.Networks;

namespace Berth.Engine.Networks;

/// <summary>Networks, and containers' places in them.</summary>
public sealed partial class NetworkService
{
    internal NetworkService()
    {
    }

    /// <summary>Creates the default networks where missing and makes kernel and firewall agree with what is stored. Runs before containers are restored.</summary>
    internal Task RestoreAsync(CancellationToken ct) => throw new NotImplementedException();

    /// <summary>Takes up the places of containers that still run, and removes from the kernel what belongs to nobody.</summary>
    internal Task AdoptAsync(IReadOnlyList<Sandbox> sandboxes, CancellationToken ct) => throw new NotImplementedException();

    /// <summary>Makes the namespace, joins the networks, publishes ports, writes hosts, hostname and resolv.conf. Undoes itself on failure.</summary>
    internal Task<Sandbox> CreateSandboxAsync(SandboxRequest request, CancellationToken ct) => throw new NotImplementedException();

    /// <summary>Takes everything of <paramref name="sandbox"/> down; what is gone already is no error.</summary>
    internal Task RemoveSandboxAsync(Sandbox sandbox, CancellationToken ct) => throw new NotImplementedException();

    /// <summary>Joins one more network while the container runs.</summary>
    internal Task<Sandbox> ConnectAsync(Sandbox sandbox, string network, EndpointSettings settings, CancellationToken ct) => throw new NotImplementedException();

    internal Task<Sandbox> DisconnectAsync(Sandbox sandbox, string network, CancellationToken ct) => throw new NotImplementedException();

    /// <summary>The container has another name from now on: the names that other containers find it by follow.</summary>
    internal Sandbox Rename(Sandbox sandbox, string containerName) => throw new NotImplementedException();

    /// <summary>The network's name by name, id or unique prefix of the id.</summary>
    /// <exception cref="EngineException">There is none, or several.</exception>
    internal NetworkInspect Resolve(string nameOrId) => throw new NotImplementedException();

    /// <summary>Refuses what cannot work before a container is created with it: an address outside the network, an alias on the default bridge, …</summary>
    internal void Validate(string network, EndpointSettings? settings) => throw new NotImplementedException();

    public IReadOnlyList<NetworkInspect> List(Filters filters) => throw new NotImplementedException();

    public NetworkInspect Inspect(string nameOrId, string? scope) => throw new NotImplementedException();

    public Task<NetworkCreateResponse> CreateAsync(NetworkCreateRequest request, CancellationToken ct) => throw new NotImplementedException();

    public Task RemoveAsync(string nameOrId, CancellationToken ct) => throw new NotImplementedException();
}
