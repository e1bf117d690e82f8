using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using static Berth.Linux.Netlink.NetlinkSocket;

namespace Berth.Linux.Netlink;

/// <summary>IPv4 routes. Source: linux/include/uapi/linux/rtnetlink.h.</summary>
public static class Routes
{
    private const ushort RTM_NEWROUTE = 24;
    private const ushort RTM_DELROUTE = 25;
    private const ushort RTM_GETROUTE = 26;
    private const ushort RTA_DST = 1;
    private const ushort RTA_OIF = 4;
    private const ushort RTA_GATEWAY = 5;
    private const ushort RTA_TABLE = 15;
    private const byte RT_TABLE_MAIN = 254;
    private const byte RTPROT_BOOT = 3;
    private const byte RT_SCOPE_NOWHERE = 255;
    private const byte RTN_UNICAST = 1;

    /// <summary>The default route, in place of one that may be there. The interface is the one whose network <paramref name="gateway"/> is in.</summary>
    public static void ReplaceDefaultRoute(this NetlinkBatch batch, IPAddress gateway)
    {
        batch.Begin(RTM_NEWROUTE, NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_REPLACE, "RTM_NEWROUTE", $"default via {gateway}");
        batch.Structure(new RouteMessage
        {
            Family = (byte)AddressFamily.InterNetwork,
            Table = RT_TABLE_MAIN,
            Protocol = RTPROT_BOOT,
            Type = RTN_UNICAST,
        });
        batch.Attribute(RTA_GATEWAY, gateway);
        batch.End();
    }

    public static void DeleteDefaultRoute(this NetlinkBatch batch)
    {
        batch.Begin(RTM_DELROUTE, NLM_F_REQUEST | NLM_F_ACK, "RTM_DELROUTE", "default");
        batch.Structure(new RouteMessage { Family = (byte)AddressFamily.InterNetwork, Table = RT_TABLE_MAIN, Scope = RT_SCOPE_NOWHERE });
        batch.End();
    }

    /// <summary>The main table of the socket's namespace.</summary>
    public static IReadOnlyList<Route> ListRoutes(this NetlinkSocket socket)
    {
        var batch = new NetlinkBatch();
        batch.Begin(RTM_GETROUTE, NLM_F_REQUEST | NLM_F_DUMP, "RTM_GETROUTE", "all");
        batch.Structure(new RouteMessage { Family = (byte)AddressFamily.InterNetwork });
        batch.End();
        return socket.Dump(batch, Parse);
    }

    private static Route? Parse(ReadOnlySpan<byte> message)
    {
        RouteMessage head = MemoryMarshal.Read<RouteMessage>(message);
        var attributes = new NetlinkAttributes(message[Marshal.SizeOf<RouteMessage>()..]);
        ReadOnlySpan<byte> table = attributes.Find(RTA_TABLE);
        if ((table.Length == 4 ? MemoryMarshal.Read<uint>(table) : head.Table) != RT_TABLE_MAIN)
        {
            return null;
        }

        ReadOnlySpan<byte> destination = attributes.Find(RTA_DST);
        ReadOnlySpan<byte> gateway = attributes.Find(RTA_GATEWAY);
        ReadOnlySpan<byte> link = attributes.Find(RTA_OIF);
        return new Route(
            destination.Length == 4 ? new IPAddress(destination) : IPAddress.Any,
            head.DestinationLength,
            gateway.Length == 4 ? new IPAddress(gateway) : null,
            link.Length == 4 ? MemoryMarshal.Read<int>(link) : 0);
    }

    /// <summary><c>struct rtmsg</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct RouteMessage
    {
        public byte Family;
        public byte DestinationLength;
        public byte SourceLength;
        public byte TypeOfService;
        public byte Table;
        public byte Protocol;
        public byte Scope;
        public byte Type;
        public uint Flags;
    }
}
