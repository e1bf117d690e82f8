namespace Berth.Engine.Networks;

/// <summary>The host's own network: there is nothing to make.</summary>
internal sealed class HostDriver : INetworkDriver
{
    public bool Restore(Network network) => true;

    public void Remove(Network network)
    {
    }

    public void Join(Network network, Endpoint endpoint, SandboxNamespace sandbox, string interfaceName)
    {
    }

    public void Leave(Network network, Endpoint endpoint)
    {
    }
}
