using System.Security.Cryptography;
using System.Text.Json;
using Berth.Api.Networks;
using Berth.Engine.Containers;
using Berth.Engine.Events;
using Berth.Linux;
using Berth.Linux.Netlink;
using Microsoft.Extensions.Logging;

namespace Berth.Engine.Networks;

/// <summary>Networks, and containers' places in them.</summary>
/// <remarks>
/// Who is where and which addresses are taken is memory, guarded by one lock that is never held over a system call.
/// The kernel follows: what fails there is undone in memory. Callers hold their container's lock.
/// </remarks>
public sealed partial class NetworkService : IDisposable
{
    private readonly EngineOptions _options;
    private readonly EnginePaths _paths;
    private readonly StateStore _store;
    private readonly EventBus _events;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly IFirewall _firewall;
    private readonly HostNetwork _host;
    private readonly PortReservations _ports;
    private readonly ContainerFiles _files;
    private readonly DnsForwarder _forwarder;
    private readonly Dictionary<string, INetworkDriver> _drivers;
    private readonly BridgeDriver _bridges;
    private readonly SandboxRemover _remover;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Network> _networks = new(StringComparer.Ordinal);
    private readonly Dictionary<string, LiveSandbox> _sandboxes = new(StringComparer.Ordinal);

    /// <summary>One creation or removal of a network at a time: each looks at all the others.</summary>
    private readonly SemaphoreSlim _changes = new(1, 1);

    /// <param name="host">Where bridges and ports live; firewall and service must be given the same.</param>
    internal NetworkService(
        EngineOptions options, EnginePaths paths, StateStore store, EventBus events, TimeProvider time, ILoggerFactory loggers, IFirewall firewall, HostNetwork host)
    {
        _options = options;
        _paths = paths;
        _store = store;
        _events = events;
        _time = time;
        _logger = loggers.CreateLogger<NetworkService>();
        _firewall = firewall;
        _host = host;
        _ports = new PortReservations(host);
        _files = new ContainerFiles(paths, options);
        _forwarder = new DnsForwarder(host, time, _logger);
        _bridges = new BridgeDriver(host);
        _remover = new SandboxRemover(_logger, Discard);
        _drivers = new Dictionary<string, INetworkDriver>(StringComparer.Ordinal)
        {
            ["bridge"] = _bridges,
            ["host"] = new HostDriver(),
            ["null"] = new NoneDriver(),
        };
    }

    /// <summary>The network by name, id or unique prefix of the id.</summary>
    /// <exception cref="EngineException">There is none, or several.</exception>
    internal NetworkInspect Resolve(string nameOrId)
    {
        lock (_lock)
        {
            return InspectionOf(Find(nameOrId), withStatus: false);
        }
    }

    /// <summary>Refuses what cannot work before a container is created with it: an address outside the network, an alias on the default bridge, …</summary>
    /// <remarks>A network that does not exist is no error yet: dockerd creates the container and refuses to start it.</remarks>
    internal void Validate(string network, EndpointSettings? settings)
    {
        Network? found;
        lock (_lock)
        {
            found = TryFind(network);
        }

        if (found is not null && settings is not null && EndpointProblem(found, settings) is { } problem)
        {
            throw new EngineException(ErrorKind.InvalidParameter, $"invalid config for network {network}: invalid endpoint settings:\n{problem.Message}");
        }
    }

    /// <summary>Waits until containers that stopped have left the kernel too.</summary>
    internal void Settle() => _remover.Flush();

    /// <summary>Lets go of what the daemon holds. Containers keep running, and their ports keep leading into them.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            foreach (LiveSandbox live in _sandboxes.Values)
            {
                live.Dns?.Dispose();
                live.Reservations.ForEach(reservation => reservation.Dispose());
            }

            _sandboxes.Clear();
        }

        _remover.Dispose();
        _changes.Dispose();
    }

    private Network Find(string nameOrId) => TryFind(nameOrId) ?? throw NetworkErrors.NotFound(nameOrId);

    /// <summary>Under the lock.</summary>
    private Network? TryFind(string nameOrId)
    {
        if (nameOrId == "default")
        {
            nameOrId = "bridge";
        }

        if (_networks.TryGetValue(nameOrId, out Network? byId))
        {
            return byId;
        }

        if (_networks.Values.FirstOrDefault(n => n.Name == nameOrId) is { } byName)
        {
            return byName;
        }

        Network[] byPrefix = nameOrId.Length == 0 ? [] : [.. _networks.Values.Where(n => n.Id.StartsWith(nameOrId, StringComparison.Ordinal))];
        return byPrefix.Length <= 1 ? byPrefix.FirstOrDefault() : throw NetworkErrors.Ambiguous(nameOrId);
    }

    private INetworkDriver DriverOf(Network network) => _drivers[network.Driver];

    private static string NewId() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));

    private void Save(NetworkDocument document, Durability durability) => _store.Write(
        durability,
        new StateChange(StateTable.Networks, document.Network.Id, JsonSerializer.SerializeToUtf8Bytes(document, NetworkJson.Default.NetworkDocument)));

    private void PublishEvent(string action, Network network, string? containerId = null)
    {
        var attributes = new Dictionary<string, string> { ["name"] = network.Name, ["type"] = network.Driver };
        if (containerId is not null)
        {
            attributes["container"] = containerId;
        }

        _events.Publish("network", action, network.Id, attributes);
    }

    /// <summary>What the kernel and the host occupy: no network of ours may be put there without being asked.</summary>
    private List<Ipv4Network> OccupiedByHost()
    {
        HashSet<int> ours;
        lock (_lock)
        {
            ours = [.. _networks.Values.Select(n => n.BridgeIndex)];
        }

        return
        [
            .. _host.Netlink.ListRoutes().Where(r => !ours.Contains(r.LinkIndex)).Select(r => Ipv4Network.Around(r.Destination, r.PrefixLength)),
            .. _host.Netlink.ListAddresses().Where(a => !ours.Contains(a.LinkIndex)).Select(a => Ipv4Network.Around(a.Address, a.PrefixLength)),
        ];
    }

    private static EngineException Joining(LinuxException e) => NetworkErrors.Joining(e);
}
