using Berth.Linux;
using Berth.Linux.Nftables;

namespace Berth.Engine.Networks;

/// <summary>Every sentence about networks that a user can read. Those without a source of their own are moby 28's: daemon/network.go, libnetwork/error.go.</summary>
internal static class NetworkErrors
{
    public static EngineException NotFound(string nameOrId) => new(ErrorKind.NotFound, $"network {nameOrId} not found");

    public static EngineException Ambiguous(string prefix) => new(ErrorKind.InvalidParameter, $"network {prefix} is ambiguous (multiple matches found on id)");

    public static EngineException AlreadyExists(string name) => new(ErrorKind.Conflict, $"network with name {name} already exists");

    public static EngineException InvalidName(string name) => new(ErrorKind.InvalidParameter, $"invalid name: {name}");

    public static EngineException PredefinedCannotBeCreated(string name) =>
        new(ErrorKind.Forbidden, $"operation is not permitted on predefined {name} network ");

    public static EngineException PredefinedCannotBeRemoved(string name) =>
        new(ErrorKind.Forbidden, $"{name} is a pre-defined network and cannot be removed");

    public static EngineException HasActiveEndpoints(string name, string id) =>
        new(ErrorKind.Forbidden, $"error while removing network: network {name} id {id} has active endpoints");

    public static EngineException OnlyOneInstance(string driver) => new(ErrorKind.Forbidden, $"only one instance of \"{driver}\" network is allowed");

    public static EngineException NoSuchPlugin(string name) => new(ErrorKind.NotFound, $"plugin \"{name}\" not found");

    public static EngineException NoSwarm() => new(ErrorKind.Forbidden, "cannot create a swarm scoped network when swarm is not active");

    /// <summary>Config-only networks and ingress exist for Swarm, which this engine does not have.</summary>
    public static EngineException SwarmOnly(string what) => new(ErrorKind.NotImplemented, $"{what} networks are not supported: they belong to Swarm");

    public static EngineException NoIpv6() =>
        new(ErrorKind.InvalidParameter, "IPv6 networks are not supported by this engine: create the network without EnableIPv6 and without IPv6 subnets");

    public static EngineException NoIpv6Publishing(string address) =>
        new(ErrorKind.InvalidParameter, $"cannot publish a port on {address}: IPv6 is not supported by this engine");

    public static EngineException Ipv4Required() =>
        new(ErrorKind.InvalidParameter, "IPv4 must be enabled: networks without it are not supported by this engine");

    public static EngineException InvalidConfig(IReadOnlyCollection<string> problems) =>
        new(ErrorKind.InvalidParameter, $"invalid network config:\n{string.Join('\n', problems)}");

    public static EngineException PoolOverlaps() =>
        new(ErrorKind.Forbidden, "invalid pool request: Pool overlaps with other one on this address space");

    /// <summary>moby 28: libnetwork/ipamapi/contract.go, ErrNoMoreSubnets.</summary>
    public static EngineException PoolsExhausted() => new(ErrorKind.InvalidParameter, "all predefined address pools have been fully subnetted");

    public static EngineException InvalidPool(string text) => new(ErrorKind.InvalidParameter, $"invalid base pool \"{text}\": it must be an IPv4 block");

    public static EngineException InvalidPoolSize(string text, int size) =>
        new(ErrorKind.InvalidParameter, $"invalid pool size {size} for base pool {text}: it must lie between the block's own and 30");

    public static EngineException NoAddressLeft(string network) =>
        new(ErrorKind.System, $"no available IPv4 addresses on this network's address pools: {network}");

    public static EngineException AddressTaken() => new(ErrorKind.Forbidden, "Address already in use");

    public static EngineException AddressOutOfRange(string address) =>
        new(ErrorKind.InvalidParameter, $"invalid address {address}: It does not belong to any of this network's subnets");

    public static EngineException InvalidAddress(string address) => new(ErrorKind.InvalidParameter, $"invalid IPv4 address: {address}");

    public static EngineException InvalidMac(string address) => new(ErrorKind.InvalidParameter, $"invalid MAC address: {address}");

    public static EngineException AddressNeedsUserNetwork() =>
        new(ErrorKind.InvalidParameter, "user specified IP address is supported on user defined networks only");

    public static EngineException AddressNeedsUserSubnet() =>
        new(ErrorKind.InvalidParameter, "user specified IP address is supported only when connecting to networks with user configured subnets");

    public static EngineException AliasNeedsUserNetwork() =>
        new(ErrorKind.InvalidParameter, "network-scoped alias is supported only for containers in user defined networks");

    public static EngineException InvalidOption(string name, string value) =>
        new(ErrorKind.InvalidParameter, $"failed to parse {name} value: {value}");

    public static EngineException InvalidBridgeName(string name) =>
        new(ErrorKind.InvalidParameter, $"invalid interface name \"{name}\": 1 to 15 characters, without '/', ':', quotes and blanks");

    public static EngineException SameBridgeName(string id, string otherId, string bridge) =>
        new(ErrorKind.Forbidden, $"cannot create network {id} ({bridge}): conflicts with network {otherId} ({bridge}): networks have same bridge name");

    public static EngineException NotABridge(string name) => new(ErrorKind.Forbidden, $"the existing interface {name} is not a bridge");

    public static EngineException NotConnected(string container, string network) =>
        new(ErrorKind.Forbidden, $"container {container} is not connected to network {network}");

    public static EngineException AlreadyConnected(string container, string network) =>
        new(ErrorKind.Forbidden, $"endpoint with name {container} already exists in network {network}");

    public static EngineException CannotJoinOthers() =>
        new(ErrorKind.Forbidden, "container sharing network namespace with another container or host cannot be connected to any other network");

    public static EngineException CannotJoinMultipleWithNone() =>
        new(ErrorKind.Forbidden, "container cannot be connected to multiple networks with one of the networks in private (none) mode");

    public static EngineException HostCannotBeJoined() =>
        new(ErrorKind.Forbidden, "container cannot be disconnected from host network or connected to host network");

    public static EngineException LinkTargetNotRunning(string name, string alias) =>
        new(ErrorKind.InvalidParameter, $"Cannot link to a non running container: /{name} AS {alias}");

    public static EngineException PortAllocated(string address, int port) =>
        new(ErrorKind.System, $"Bind for {address}:{port} failed: port is already allocated");

    public static EngineException PortInUse(string address, int port, string protocol, LinuxException cause) =>
        new(ErrorKind.System, $"failed to bind host port {address}:{port}/{protocol}: {cause.Reason}", cause);

    /// <summary>moby 28: libnetwork/portallocator, ErrAllPortsAllocated.</summary>
    public static EngineException AllPortsAllocated() => new(ErrorKind.System, "all ports are allocated");

    public static EngineException InvalidPort(string text) => new(ErrorKind.InvalidParameter, $"invalid port specification: \"{text}\"");

    public static EngineException InvalidHostAddress(string text) => new(ErrorKind.InvalidParameter, $"invalid IP address: {text}");

    public static EngineException InvalidExtraHost(string text) => new(ErrorKind.InvalidParameter, $"bad format for add-host: \"{text}\"");

    public static EngineException Publishing(string container, string endpointId, EngineException cause) =>
        new(cause.Kind, $"failed to set up container networking: driver failed programming external connectivity on endpoint {container} ({endpointId}): {cause.Message}", cause);

    public static EngineException Joining(LinuxException cause) =>
        new(ErrorKind.System, $"failed to set up container networking: {cause.Message}", cause);

    public static EngineException Creating(string name, LinuxException cause) =>
        new(ErrorKind.System, $"failed to create network {name}: {cause.Message}", cause);

    public static EngineException NoForwarding(LinuxException cause) =>
        new(ErrorKind.System, $"cannot enable IPv4 forwarding, without which containers reach nothing (set ip-forward to false to go on without): {cause.Message}", cause);

    public static EngineException FirewallRefused(NftException cause) =>
        new(ErrorKind.System, $"failed to program the firewall: {cause.Message}", cause);
}
