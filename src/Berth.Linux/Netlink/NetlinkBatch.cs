using System.Buffers.Binary;
using System.Net;
using System.Runtime.InteropServices;
using System.Text;

namespace Berth.Linux.Netlink;

/// <summary>Requests to the kernel, written one behind the other and sent with one system call.</summary>
/// <remarks>Source: linux/include/uapi/linux/netlink.h. Everything is aligned to 4 bytes and in the machine's own byte order.</remarks>
public sealed class NetlinkBatch
{
    private const int HeaderLength = 16;
    private readonly List<(string Call, string Subject)> _requests = [];
    private byte[] _buffer = new byte[1024];
    private int _length;
    private int _start;

    internal IReadOnlyList<(string Call, string Subject)> Requests => _requests;

    internal ReadOnlySpan<byte> Written => _buffer.AsSpan(0, _length);

    public bool IsEmpty => _requests.Count == 0;

    /// <param name="call">The request by its C name, for the error.</param>
    /// <param name="subject">What it is about, for the error.</param>
    internal void Begin(ushort type, ushort flags, string call, string subject)
    {
        _start = _length;
        Span<byte> header = Take(HeaderLength);
        MemoryMarshal.Write(header[4..], type);
        MemoryMarshal.Write(header[6..], flags);
        MemoryMarshal.Write(header[8..], (uint)_requests.Count + 1);
        _requests.Add((call, subject));
    }

    internal void End() => MemoryMarshal.Write(_buffer.AsSpan(_start), (uint)(_length - _start));

    /// <summary>The fixed structure behind the header, such as <c>struct ifinfomsg</c>.</summary>
    internal void Structure<T>(in T value)
        where T : unmanaged => MemoryMarshal.Write(Take(Marshal.SizeOf<T>()), value);

    internal void Attribute(ushort type, ReadOnlySpan<byte> value)
    {
        Span<byte> attribute = Take(4 + value.Length);
        MemoryMarshal.Write(attribute, (ushort)(4 + value.Length));
        MemoryMarshal.Write(attribute[2..], type);
        value.CopyTo(attribute[4..]);
    }

    internal void Attribute(ushort type, uint value) => Attribute(type, MemoryMarshal.AsBytes(new ReadOnlySpan<uint>(in value)));

    internal void Attribute(ushort type, byte value) => Attribute(type, new ReadOnlySpan<byte>(in value));

    internal void Attribute(ushort type, string value) => Attribute(type, Encoding.UTF8.GetBytes(value + '\0'));

    internal void Attribute(ushort type, IPAddress value) => Attribute(type, value.GetAddressBytes());

    internal void BigEndianAttribute(ushort type, ushort value)
    {
        Span<byte> bytes = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, value);
        Attribute(type, bytes);
    }

    /// <returns>To be given to <see cref="EndNest"/>.</returns>
    internal int BeginNest(ushort type)
    {
        int position = _length;
        Attribute(type, []);
        return position;
    }

    internal void EndNest(int position) => MemoryMarshal.Write(_buffer.AsSpan(position), (ushort)(_length - position));

    private Span<byte> Take(int length)
    {
        int aligned = (length + 3) & ~3;
        if (_buffer.Length - _length < aligned)
        {
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _length + aligned));
        }

        Span<byte> taken = _buffer.AsSpan(_length, aligned);
        taken.Clear();
        _length += aligned;
        return taken;
    }
}
