using Berth.Linux.Namespaces;
using Berth.Linux.Netlink;

namespace Berth.Engine.Networks;

/// <summary>The network namespace that bridges, firewall and published ports live in: the daemon's own, unless another is named.</summary>
/// <remarks>Sockets keep the namespace that they were opened in, so only opening them, and writing settings, goes through <see cref="Run{T}"/>.</remarks>
internal sealed class HostNetwork : IDisposable
{
    private readonly NamespaceThread? _elsewhere;
    private readonly Lazy<NetlinkSocket> _netlink;
    private readonly Lazy<NetlinkSocket> _netfilter;

    public HostNetwork()
        : this(namespacePath: null)
    {
    }

    public HostNetwork(string? namespacePath)
    {
        _elsewhere = namespacePath is null ? null : new NamespaceThread(namespacePath);
        _netlink = new Lazy<NetlinkSocket>(() => Run(NetlinkSocket.OpenRoute));
        _netfilter = new Lazy<NetlinkSocket>(() => Run(NetlinkSocket.OpenNetfilter));
    }

    /// <summary>Speaks about the host's interfaces.</summary>
    public NetlinkSocket Netlink => _netlink.Value;

    /// <summary>Speaks about the host's connections.</summary>
    public NetlinkSocket Netfilter => _netfilter.Value;

    public T Run<T>(Func<T> function) => _elsewhere is null ? function() : _elsewhere.Run(function);

    public void Run(Action action) => Run(() =>
    {
        action();
        return true;
    });

    public void Dispose()
    {
        if (_netlink.IsValueCreated)
        {
            _netlink.Value.Dispose();
        }

        if (_netfilter.IsValueCreated)
        {
            _netfilter.Value.Dispose();
        }

        _elsewhere?.Dispose();
    }
}
