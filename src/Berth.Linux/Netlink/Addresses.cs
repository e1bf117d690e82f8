using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using static Berth.Linux.Netlink.NetlinkSocket;

namespace Berth.Linux.Netlink;

/// <summary>Addresses of interfaces. Source: linux/include/uapi/linux/if_addr.h.</summary>
public static class Addresses
{
    private const ushort RTM_NEWADDR = 20;
    private const ushort RTM_DELADDR = 21;
    private const ushort RTM_GETADDR = 22;
    private const ushort IFA_ADDRESS = 1;
    private const ushort IFA_LOCAL = 2;
    private const ushort IFA_BROADCAST = 4;

    /// <param name="linkIndex">Index of the interface.</param>
    /// <param name="address">IPv4.</param>
    public static void AddAddress(this NetlinkBatch batch, int linkIndex, IPAddress address, int prefixLength, IPAddress broadcast)
    {
        batch.Begin(RTM_NEWADDR, NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL, "RTM_NEWADDR", $"{address}/{prefixLength}");
        batch.Structure(new AddressMessage { Family = (byte)AddressFamily.InterNetwork, PrefixLength = (byte)prefixLength, Index = (uint)linkIndex });
        batch.Attribute(IFA_LOCAL, address);
        batch.Attribute(IFA_ADDRESS, address);
        batch.Attribute(IFA_BROADCAST, broadcast);
        batch.End();
    }

    public static void DeleteAddress(this NetlinkBatch batch, InterfaceAddress address)
    {
        batch.Begin(RTM_DELADDR, NLM_F_REQUEST | NLM_F_ACK, "RTM_DELADDR", $"{address.Address}/{address.PrefixLength}");
        batch.Structure(new AddressMessage
        {
            Family = (byte)AddressFamily.InterNetwork,
            PrefixLength = (byte)address.PrefixLength,
            Index = (uint)address.LinkIndex,
        });
        batch.Attribute(IFA_LOCAL, address.Address);
        batch.End();
    }

    /// <summary>Every IPv4 address of the socket's namespace.</summary>
    public static IReadOnlyList<InterfaceAddress> ListAddresses(this NetlinkSocket socket)
    {
        var batch = new NetlinkBatch();
        batch.Begin(RTM_GETADDR, NLM_F_REQUEST | NLM_F_DUMP, "RTM_GETADDR", "all");
        batch.Structure(new AddressMessage { Family = (byte)AddressFamily.InterNetwork });
        batch.End();
        return socket.Dump(batch, Parse);
    }

    private static InterfaceAddress? Parse(ReadOnlySpan<byte> message)
    {
        AddressMessage head = MemoryMarshal.Read<AddressMessage>(message);
        var attributes = new NetlinkAttributes(message[Marshal.SizeOf<AddressMessage>()..]);
        ReadOnlySpan<byte> address = attributes.Find(IFA_LOCAL);
        address = address.IsEmpty ? attributes.Find(IFA_ADDRESS) : address;
        return address.Length == 4 ? new InterfaceAddress((int)head.Index, new IPAddress(address), head.PrefixLength) : null;
    }

    /// <summary><c>struct ifaddrmsg</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct AddressMessage
    {
        public byte Family;
        public byte PrefixLength;
        public byte Flags;
        public byte Scope;
        public uint Index;
    }
}
