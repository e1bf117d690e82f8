using Berth.Linux;

namespace Berth.Engine.Networks;

/// <summary>How a kind of network is made in the kernel.</summary>
internal interface INetworkDriver
{
    /// <summary>Makes what the network needs, or finds it as an earlier run left it.</summary>
    /// <returns>False when the interface was there before and is not ours.</returns>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    bool Restore(Network network);

    /// <summary>Takes it all away; what is gone already is no error.</summary>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    void Remove(Network network);

    /// <summary>Gives a container an interface in the network.</summary>
    /// <param name="interfaceName">What it is called inside.</param>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    void Join(Network network, Endpoint endpoint, SandboxNamespace sandbox, string interfaceName);

    /// <summary>Takes the interface away; one that is gone already is no error.</summary>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    void Leave(Network network, Endpoint endpoint);
}
