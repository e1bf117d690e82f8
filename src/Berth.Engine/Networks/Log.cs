using System.Net;
using Microsoft.Extensions.Logging;

namespace Berth.Engine.Networks;

internal static partial class Log
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Network {Network} created: {NetworkId}, {Subnet} on {Bridge}")]
    public static partial void NetworkCreated(ILogger logger, string network, string networkId, Ipv4Network subnet, string bridge);

    [LoggerMessage(Level = LogLevel.Information, Message = "Network {Network} removed: {NetworkId}")]
    public static partial void NetworkRemoved(ILogger logger, string network, string networkId);

    [LoggerMessage(Level = LogLevel.Information, Message = "Firewall table {Table} replaced: {Networks} networks, {Ports} published ports")]
    public static partial void FirewallReplaced(ILogger logger, string table, int networks, int ports);

    [LoggerMessage(Level = LogLevel.Debug, Message = "nftables: {Reason}\n{Commands}")]
    public static partial void FirewallRefused(ILogger logger, string reason, string commands);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The chain {Chain} drops forwarded packets by default, containers' too: accept our bridges in it")]
    public static partial void ForeignChainDrops(ILogger logger, string chain);

    [LoggerMessage(Level = LogLevel.Information, Message = "IPv4 forwarding enabled")]
    public static partial void ForwardingEnabled(ILogger logger);

    [LoggerMessage(Level = LogLevel.Warning, Message = "IPv4 forwarding is disabled: containers reach nothing outside their own network")]
    public static partial void ForwardingDisabled(ILogger logger);

    [LoggerMessage(Level = LogLevel.Information, Message = "Removed {What} {Name}, which belonged to nobody")]
    public static partial void LeftoverRemoved(ILogger logger, string what, string name);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Could not remove {What} {Name}")]
    public static partial void LeftoverStays(ILogger logger, string what, string name, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Port {HostAddress}:{HostPort}/{Protocol} of container {ContainerId} is published but could not be held")]
    public static partial void PortNotHeld(ILogger logger, string hostAddress, int hostPort, string protocol, string containerId, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Container {ContainerId} runs in network {Network}, which is not there any more")]
    public static partial void NetworkOfRunningContainerIsGone(ILogger logger, string containerId, string network);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Container {ContainerId} has no DNS server")]
    public static partial void DnsNotAvailable(ILogger logger, string containerId, Exception exception);

    [LoggerMessage(Level = LogLevel.Debug, Message = "DNS server of container {ContainerId} ended")]
    public static partial void DnsEnded(ILogger logger, string containerId, Exception exception);

    [LoggerMessage(Level = LogLevel.Debug, Message = "DNS server {Server} did not answer: {Reason}")]
    public static partial void DnsServerFailed(ILogger logger, IPEndPoint server, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Network {Network} cannot be restored")]
    public static partial void NetworkNotRestored(ILogger logger, string network, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Stale UDP connections to {Address} could not be forgotten")]
    public static partial void ConnectionsNotForgotten(ILogger logger, string address, Exception exception);
}
