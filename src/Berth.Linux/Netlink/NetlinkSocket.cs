using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using static Berth.Linux.Netlink.NetlinkCalls;

namespace Berth.Linux.Netlink;

/// <summary>A conversation with the kernel about one network namespace: the one of the thread that opened it, for good.</summary>
/// <remarks>Safe to use from several threads; requests are carried out in the caller's own system call, so nothing ever waits here.</remarks>
public sealed class NetlinkSocket : IDisposable
{
    internal const ushort NLM_F_REQUEST = 0x1;
    internal const ushort NLM_F_ACK = 0x4;
    internal const ushort NLM_F_REPLACE = 0x100;
    internal const ushort NLM_F_EXCL = 0x200;
    internal const ushort NLM_F_DUMP = 0x300;
    internal const ushort NLM_F_CREATE = 0x400;
    private const ushort NLM_F_CAPPED = 0x100;
    private const ushort NLM_F_ACK_TLVS = 0x200;
    private const ushort NLMSG_ERROR = 2;
    private const ushort NLMSG_DONE = 3;
    private const ushort NLMSGERR_ATTR_MSG = 1;
    private const int HeaderLength = 16;

    private readonly Lock _lock = new();
    private readonly SafeFileHandle _socket;
    private readonly byte[] _buffer = new byte[64 << 10];

    private NetlinkSocket(int protocol)
    {
        _socket = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol);
        int errno = Marshal.GetLastPInvokeError();
        if (_socket.IsInvalid)
        {
            throw new LinuxException("socket", errno, "AF_NETLINK");
        }

        // The kernel's own words about what it refuses. Without them (kernel < 4.12) the errno must do.
        _ = setsockopt(_socket, SOL_NETLINK, NETLINK_EXT_ACK, 1, sizeof(int));
        _ = setsockopt(_socket, SOL_NETLINK, NETLINK_CAP_ACK, 1, sizeof(int));
    }

    /// <summary>rtnetlink(7): links, addresses, routes.</summary>
    public static NetlinkSocket OpenRoute() => new(NETLINK_ROUTE);

    /// <summary>nfnetlink: conntrack.</summary>
    public static NetlinkSocket OpenNetfilter() => new(NETLINK_NETFILTER);

    /// <summary>Carries out every request of <paramref name="batch"/>, in order. The kernel does not stop at one that fails.</summary>
    /// <exception cref="LinuxException">The first failure.</exception>
    public void Execute(NetlinkBatch batch)
    {
        if (Run(batch, static (_, _) => { }) is { } failure)
        {
            throw failure;
        }
    }

    /// <summary>As <see cref="Execute"/>, with the first failure as an answer.</summary>
    public LinuxException? TryExecute(NetlinkBatch batch) => Run(batch, static (_, _) => { });

    /// <summary>Sends one request that is answered with many messages.</summary>
    internal IReadOnlyList<T> Dump<T>(NetlinkBatch batch, Parser<T> parse)
    {
        var found = new List<T>();
        LinuxException? failure = Run(batch, (_, message) =>
        {
            if (parse(message) is { } parsed)
            {
                found.Add(parsed);
            }
        });
        return failure is null ? found : throw failure;
    }

    /// <param name="message">Behind the header.</param>
    /// <returns>Null for a message that is of no interest.</returns>
    internal delegate T? Parser<out T>(ReadOnlySpan<byte> message);

    private delegate void Receiver(ushort type, ReadOnlySpan<byte> message);

    public void Dispose() => _socket.Dispose();

    private LinuxException? Run(NetlinkBatch batch, Receiver receive)
    {
        lock (_lock)
        {
            Send(batch.Written);
            LinuxException? first = null;
            for (int open = batch.Requests.Count; open > 0;)
            {
                ReadOnlySpan<byte> answer = _buffer.AsSpan(0, Receive());
                for (; answer.Length >= HeaderLength; answer = Next(answer))
                {
                    ushort type = MemoryMarshal.Read<ushort>(answer[4..]);
                    if (type is not (NLMSG_ERROR or NLMSG_DONE))
                    {
                        receive(type, Body(answer));
                        continue;
                    }

                    open--;
                    first ??= type == NLMSG_ERROR ? Failure(batch, answer) : null;
                }
            }

            return first;
        }
    }

    private void Send(ReadOnlySpan<byte> bytes)
    {
        nint sent = send(_socket, bytes, bytes.Length, 0);
        int errno = Marshal.GetLastPInvokeError();
        if (sent != bytes.Length)
        {
            throw new LinuxException("send", errno, "AF_NETLINK");
        }
    }

    private int Receive()
    {
        while (true)
        {
            nint length = recv(_socket, _buffer, _buffer.Length, 0);
            int errno = Marshal.GetLastPInvokeError();
            if (length >= 0)
            {
                return (int)length;
            }

            if (errno != Errno.EINTR)
            {
                throw new LinuxException("recv", errno, "AF_NETLINK");
            }
        }
    }

    private static int Length(ReadOnlySpan<byte> message) => (int)Math.Min(MemoryMarshal.Read<uint>(message), (uint)message.Length);

    private static ReadOnlySpan<byte> Body(ReadOnlySpan<byte> message) => message[HeaderLength..Length(message)];

    private static ReadOnlySpan<byte> Next(ReadOnlySpan<byte> message)
    {
        int aligned = Math.Max(HeaderLength, (Length(message) + 3) & ~3);
        return aligned < message.Length ? message[aligned..] : [];
    }

    private static LinuxException? Failure(NetlinkBatch batch, ReadOnlySpan<byte> message)
    {
        int errno = -MemoryMarshal.Read<int>(message[HeaderLength..]);
        if (errno == 0)
        {
            return null;
        }

        int sequence = (int)MemoryMarshal.Read<uint>(message[8..]);
        (string call, string subject) = batch.Requests[Math.Clamp(sequence - 1, 0, batch.Requests.Count - 1)];
        string? explanation = Explanation(message);
        return new LinuxException(call, errno, explanation is null ? subject : $"{subject} ({explanation})");
    }

    private static string? Explanation(ReadOnlySpan<byte> message)
    {
        ushort flags = MemoryMarshal.Read<ushort>(message[6..]);
        if ((flags & NLM_F_ACK_TLVS) == 0)
        {
            return null;
        }

        // Behind the errno stands the header of our request, and all of it unless the kernel says that it cut it off.
        int echoed = (flags & NLM_F_CAPPED) != 0 ? HeaderLength : (int)MemoryMarshal.Read<uint>(message[(HeaderLength + 4)..]);
        foreach ((ushort type, ReadOnlySpan<byte> value) in new NetlinkAttributes(Body(message)[(4 + ((echoed + 3) & ~3))..]))
        {
            if (type == NLMSGERR_ATTR_MSG)
            {
                return Encoding.UTF8.GetString(value.TrimEnd((byte)0));
            }
        }

        return null;
    }
}
