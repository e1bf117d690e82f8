namespace Berth.Engine.Networks;

/// <summary>No network but loopback, which every namespace has.</summary>
internal sealed class NoneDriver : INetworkDriver
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
