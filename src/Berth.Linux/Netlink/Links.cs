using System.Net.NetworkInformation;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using static Berth.Linux.Netlink.NetlinkSocket;

namespace Berth.Linux.Netlink;

/// <summary>Interfaces. Source: linux/include/uapi/linux/if_link.h, rtnetlink.h, veth.h.</summary>
public static class Links
{
    /// <summary>The longest name that an interface can have. Source: linux/include/uapi/linux/if.h, IFNAMSIZ without its NUL.</summary>
    public const int MaxNameLength = 15;

    private const ushort RTM_NEWLINK = 16;
    private const ushort RTM_DELLINK = 17;
    private const ushort RTM_GETLINK = 18;
    private const ushort IFLA_ADDRESS = 1;
    private const ushort IFLA_IFNAME = 3;
    private const ushort IFLA_MTU = 4;
    private const ushort IFLA_MASTER = 10;
    private const ushort IFLA_LINKINFO = 18;
    private const ushort IFLA_GROUP = 27;
    private const ushort IFLA_NET_NS_FD = 28;
    private const ushort IFLA_INFO_KIND = 1;
    private const ushort IFLA_INFO_DATA = 2;
    private const ushort IFLA_INFO_SLAVE_KIND = 4;
    private const ushort IFLA_INFO_SLAVE_DATA = 5;
    private const ushort IFLA_BRPORT_MODE = 4;
    private const ushort IFLA_BRPORT_ISOLATED = 33;
    private const ushort IFLA_BR_NF_CALL_IPTABLES = 36;
    private const ushort VETH_INFO_PEER = 1;
    private const uint IFF_UP = 1;

    /// <summary>A bridge, up. Its MAC is given so that it does not change with the ports that come and go.</summary>
    public static void AddBridge(this NetlinkBatch batch, string name, PhysicalAddress mac, int mtu)
    {
        batch.Begin(RTM_NEWLINK, NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL, "RTM_NEWLINK", name);
        batch.Structure(new InterfaceMessage { Flags = IFF_UP, Change = IFF_UP });
        batch.Attribute(IFLA_IFNAME, name);
        batch.Attribute(IFLA_ADDRESS, mac.GetAddressBytes());
        batch.Attribute(IFLA_MTU, (uint)mtu);
        int info = batch.BeginNest(IFLA_LINKINFO);
        batch.Attribute(IFLA_INFO_KIND, "bridge");
        batch.EndNest(info);
        batch.End();
    }

    /// <summary>Frames that the bridge passes on go through the IP firewall too, whatever the host's general setting is. Needs br_netfilter.</summary>
    public static void FilterBridge(this NetlinkBatch batch, string name)
    {
        batch.Begin(RTM_NEWLINK, NLM_F_REQUEST | NLM_F_ACK, "RTM_NEWLINK", name);
        batch.Structure(default(InterfaceMessage));
        batch.Attribute(IFLA_IFNAME, name);
        int info = batch.BeginNest(IFLA_LINKINFO);
        batch.Attribute(IFLA_INFO_KIND, "bridge");
        int data = batch.BeginNest(IFLA_INFO_DATA);
        batch.Attribute(IFLA_BR_NF_CALL_IPTABLES, (byte)1);
        batch.EndNest(data);
        batch.EndNest(info);
        batch.End();
    }

    /// <summary>A veth pair: one end here on a bridge, the other born in another namespace. Both are down, for neither can be up before both are there.</summary>
    /// <remarks>
    /// Set the other end up before this one: then this one has a carrier when it comes up, and the bridge passes frames at once.
    /// The other way round the bridge waits for the kernel's link watch, which may take a second.
    /// </remarks>
    public static void AddVeth(this NetlinkBatch batch, VethPair pair, SafeFileHandle peerNamespace)
    {
        batch.Begin(RTM_NEWLINK, NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL, "RTM_NEWLINK", pair.Name);
        batch.Structure(default(InterfaceMessage));
        batch.Attribute(IFLA_IFNAME, pair.Name);
        batch.Attribute(IFLA_MTU, (uint)pair.Mtu);
        batch.Attribute(IFLA_MASTER, (uint)pair.BridgeIndex);
        int info = batch.BeginNest(IFLA_LINKINFO);
        batch.Attribute(IFLA_INFO_KIND, "veth");
        int data = batch.BeginNest(IFLA_INFO_DATA);
        int peer = batch.BeginNest(VETH_INFO_PEER);
        batch.Structure(default(InterfaceMessage));
        batch.Attribute(IFLA_IFNAME, pair.PeerName);
        batch.Attribute(IFLA_ADDRESS, pair.PeerMac.GetAddressBytes());
        batch.Attribute(IFLA_MTU, (uint)pair.Mtu);
        batch.Attribute(IFLA_NET_NS_FD, (uint)peerNamespace.DangerousGetHandle());
        batch.EndNest(peer);
        batch.EndNest(data);
        batch.EndNest(info);
        batch.End();
        GC.KeepAlive(peerNamespace);
    }

    /// <summary>What a port of a bridge may do. kernel ≥ 4.18.</summary>
    /// <param name="reflects">Frames may leave by the port that they came in by.</param>
    /// <param name="isIsolated">Frames pass between it and the bridge itself, but not between two such ports.</param>
    public static void SetPort(this NetlinkBatch batch, string name, bool reflects, bool isIsolated)
    {
        batch.Begin(RTM_NEWLINK, NLM_F_REQUEST | NLM_F_ACK, "RTM_NEWLINK", name);
        batch.Structure(default(InterfaceMessage));
        batch.Attribute(IFLA_IFNAME, name);
        int info = batch.BeginNest(IFLA_LINKINFO);
        batch.Attribute(IFLA_INFO_SLAVE_KIND, "bridge");
        int data = batch.BeginNest(IFLA_INFO_SLAVE_DATA);
        batch.Attribute(IFLA_BRPORT_MODE, (byte)(reflects ? 1 : 0));
        batch.Attribute(IFLA_BRPORT_ISOLATED, (byte)(isIsolated ? 1 : 0));
        batch.EndNest(data);
        batch.EndNest(info);
        batch.End();
    }

    public static void SetUp(this NetlinkBatch batch, string name)
    {
        batch.Begin(RTM_NEWLINK, NLM_F_REQUEST | NLM_F_ACK, "RTM_NEWLINK", name);
        batch.Structure(new InterfaceMessage { Flags = IFF_UP, Change = IFF_UP });
        batch.Attribute(IFLA_IFNAME, name);
        batch.End();
    }

    public static void DeleteLink(this NetlinkBatch batch, string name)
    {
        batch.Begin(RTM_DELLINK, NLM_F_REQUEST | NLM_F_ACK, "RTM_DELLINK", name);
        batch.Structure(default(InterfaceMessage));
        batch.Attribute(IFLA_IFNAME, name);
        batch.End();
    }

    /// <summary>Puts an interface into a group of the namespace. Groups are numbers without further meaning; 0 is everybody's.</summary>
    public static void SetGroup(this NetlinkBatch batch, string name, uint group)
    {
        batch.Begin(RTM_NEWLINK, NLM_F_REQUEST | NLM_F_ACK, "RTM_NEWLINK", name);
        batch.Structure(default(InterfaceMessage));
        batch.Attribute(IFLA_IFNAME, name);
        batch.Attribute(IFLA_GROUP, group);
        batch.End();
    }

    /// <summary>Deletes all interfaces of a group in one go.</summary>
    public static void DeleteGroup(this NetlinkBatch batch, uint group)
    {
        batch.Begin(RTM_DELLINK, NLM_F_REQUEST | NLM_F_ACK, "RTM_DELLINK", $"group {group}");
        batch.Structure(default(InterfaceMessage));
        batch.Attribute(IFLA_GROUP, group);
        batch.End();
    }

    /// <summary>Every interface of the socket's namespace.</summary>
    public static IReadOnlyList<Link> ListLinks(this NetlinkSocket socket)
    {
        var batch = new NetlinkBatch();
        batch.Begin(RTM_GETLINK, NLM_F_REQUEST | NLM_F_DUMP, "RTM_GETLINK", "all");
        batch.Structure(default(InterfaceMessage));
        batch.End();
        return socket.Dump(batch, Parse);
    }

    /// <summary>The interface of that name, or null.</summary>
    public static Link? FindLink(this NetlinkSocket socket, string name)
    {
        var batch = new NetlinkBatch();
        batch.Begin(RTM_GETLINK, NLM_F_REQUEST | NLM_F_ACK, "RTM_GETLINK", name);
        batch.Structure(default(InterfaceMessage));
        batch.Attribute(IFLA_IFNAME, name);
        batch.End();
        try
        {
            return socket.Dump(batch, Parse) is [var link, ..] ? link : null;
        }
        catch (LinuxException e) when (e.Errno == Errno.ENODEV)
        {
            return null;
        }
    }

    private static Link? Parse(ReadOnlySpan<byte> message)
    {
        InterfaceMessage head = MemoryMarshal.Read<InterfaceMessage>(message);
        var attributes = new NetlinkAttributes(message[Marshal.SizeOf<InterfaceMessage>()..]);
        ReadOnlySpan<byte> master = attributes.Find(IFLA_MASTER);
        return new Link(
            head.Index,
            Encoding.UTF8.GetString(attributes.Find(IFLA_IFNAME).TrimEnd((byte)0)),
            Encoding.UTF8.GetString(new NetlinkAttributes(attributes.Find(IFLA_LINKINFO)).Find(IFLA_INFO_KIND).TrimEnd((byte)0)),
            master.Length == 4 ? MemoryMarshal.Read<int>(master) : 0,
            attributes.Find(IFLA_MTU) is { Length: 4 } mtu ? MemoryMarshal.Read<int>(mtu) : 0,
            (head.Flags & IFF_UP) != 0);
    }

    /// <summary><c>struct ifinfomsg</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct InterfaceMessage
    {
        public byte Family;
        public byte Padding;
        public ushort Type;
        public int Index;
        public uint Flags;
        public uint Change;
    }
}
