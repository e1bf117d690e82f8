using System.Buffers.Binary;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using static Berth.Linux.Netlink.NetlinkSocket;

namespace Berth.Linux.Netlink;

/// <summary>The kernel's memory of connections. Source: linux/include/uapi/linux/netfilter/nfnetlink_conntrack.h.</summary>
public static class Conntrack
{
    private const ushort NFNL_SUBSYS_CTNETLINK = 1 << 8;
    private const ushort IPCTNL_MSG_CT_GET = 1;
    private const ushort IPCTNL_MSG_CT_DELETE = 2;
    private const ushort NLA_F_NESTED = 0x8000;
    private const ushort CTA_TUPLE_ORIG = 1;
    private const ushort CTA_TUPLE_PROTO = 2;
    private const ushort CTA_PROTO_NUM = 1;
    private const ushort CTA_PROTO_DST_PORT = 3;
    private const byte IPPROTO_UDP = 17;

    /// <summary>
    /// Forgets the UDP "connections" to <paramref name="ports"/>. Their packets follow the translation that was decided on with the first one,
    /// for as long as they keep coming; only when forgotten are they decided on anew.
    /// </summary>
    /// <param name="socket">Of <see cref="OpenNetfilter"/>.</param>
    public static void ForgetUdp(this NetlinkSocket socket, IReadOnlySet<ushort> ports)
    {
        var query = new NetlinkBatch();
        query.Begin(NFNL_SUBSYS_CTNETLINK | IPCTNL_MSG_CT_GET, NLM_F_REQUEST | NLM_F_DUMP, "IPCTNL_MSG_CT_GET", "all");
        query.Structure(new FamilyMessage { Family = (byte)AddressFamily.InterNetwork });
        query.End();
        IReadOnlyList<byte[]> tuples = socket.Dump(query, message => TupleOf(message, ports));
        if (tuples.Count == 0)
        {
            return;
        }

        foreach (byte[] tuple in tuples)
        {
            var deletion = new NetlinkBatch();
            deletion.Begin(NFNL_SUBSYS_CTNETLINK | IPCTNL_MSG_CT_DELETE, NLM_F_REQUEST | NLM_F_ACK, "IPCTNL_MSG_CT_DELETE", "udp");
            deletion.Structure(new FamilyMessage { Family = (byte)AddressFamily.InterNetwork });
            deletion.Attribute(CTA_TUPLE_ORIG | NLA_F_NESTED, tuple);
            deletion.End();
            if (socket.TryExecute(deletion) is { } failure && failure.Errno != Errno.ENOENT)
            {
                throw failure;
            }
        }
    }

    private static byte[]? TupleOf(ReadOnlySpan<byte> message, IReadOnlySet<ushort> ports)
    {
        ReadOnlySpan<byte> tuple = new NetlinkAttributes(message[4..]).Find(CTA_TUPLE_ORIG);
        var protocol = new NetlinkAttributes(new NetlinkAttributes(tuple).Find(CTA_TUPLE_PROTO));
        ReadOnlySpan<byte> port = protocol.Find(CTA_PROTO_DST_PORT);
        return protocol.Find(CTA_PROTO_NUM) is [IPPROTO_UDP] && port.Length == 2 && ports.Contains(BinaryPrimitives.ReadUInt16BigEndian(port))
            ? tuple.ToArray()
            : null;
    }

    /// <summary><c>struct nfgenmsg</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct FamilyMessage
    {
        public byte Family;
        public byte Version;
        public ushort ResourceId;
    }
}
