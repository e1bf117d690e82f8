namespace Berth.Engine.Networks;

/// <summary>Lets packets through, rewrites or stops them. Speaks of networks and ports, never of chains.</summary>
/// <remarks>Every call is one atomic change. Adding what is there, and removing what is not, is no error.</remarks>
internal interface IFirewall
{
    /// <summary>Whether rules of an earlier run are still in force; then nothing needs to be done before <see cref="Replace"/>.</summary>
    bool IsInForce();

    /// <summary>Makes the firewall consist of exactly this, in one step, so that what is in both the old and the new never stops working.</summary>
    /// <exception cref="EngineException">The kernel refused.</exception>
    void Replace(IReadOnlyCollection<FirewallNetwork> networks, IReadOnlyCollection<PublishedPort> ports);

    /// <exception cref="EngineException">The kernel refused.</exception>
    void AddNetwork(FirewallNetwork network);

    /// <exception cref="EngineException">The kernel refused.</exception>
    void RemoveNetwork(FirewallNetwork network);

    /// <exception cref="EngineException">The kernel refused, or one of the ports leads elsewhere already; then none is published.</exception>
    void Publish(IReadOnlyCollection<PublishedPort> ports);

    /// <exception cref="EngineException">The kernel refused.</exception>
    void Unpublish(IReadOnlyCollection<PublishedPort> ports);
}
