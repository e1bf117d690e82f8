using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Berth.Engine.Networks;

/// <summary>An IPv4 block in CIDR notation, with no bits set behind the prefix. Addresses are numbers, most significant byte first.</summary>
internal readonly record struct Ipv4Network
{
    private Ipv4Network(uint first, int prefixLength)
    {
        First = first;
        PrefixLength = prefixLength;
    }

    public uint First { get; }

    public int PrefixLength { get; }

    public uint Last => First | ~Mask(PrefixLength);

    /// <summary>How many addresses it has.</summary>
    public ulong Size => 1UL << (32 - PrefixLength);

    public IPAddress Broadcast => Address(Last);

    /// <summary>The block around <paramref name="address"/>.</summary>
    public static Ipv4Network Around(uint address, int prefixLength) => new(address & Mask(prefixLength), prefixLength);

    public static Ipv4Network Around(IPAddress address, int prefixLength) => Around(Number(address), prefixLength);

    /// <summary>Reads <c>10.1.2.3/16</c> as an address and the block around it; false for anything else.</summary>
    public static bool TryParse(string? text, out uint address, out Ipv4Network network)
    {
        (address, network) = (0, default);
        if (text is null || text.IndexOf('/', StringComparison.Ordinal) is not (> 0 and var slash))
        {
            return false;
        }

        ReadOnlySpan<char> length = text.AsSpan(slash + 1);
        if (!TryParseAddress(text[..slash], out address)
            || !int.TryParse(length, NumberStyles.None, CultureInfo.InvariantCulture, out int prefixLength)
            || prefixLength > 32
            || (length.Length > 1 && length[0] == '0'))
        {
            return false;
        }

        network = Around(address, prefixLength);
        return true;
    }

    /// <exception cref="FormatException"><paramref name="text"/> is no block.</exception>
    public static Ipv4Network Parse(string text) =>
        TryParse(text, out _, out Ipv4Network network) ? network : throw new FormatException($"invalid CIDR address: {text}");

    /// <summary>Four decimal numbers without leading zeros, as Go's netip.ParseAddr has it; the BCL's parser takes octal and short forms too.</summary>
    public static bool TryParseAddress(string? text, out uint address)
    {
        address = 0;
        string[] parts = (text ?? "").Split('.');
        if (parts.Length != 4)
        {
            return false;
        }

        foreach (string part in parts)
        {
            if (part.Length is 0 or > 3 || (part.Length > 1 && part[0] == '0')
                || !byte.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out byte value))
            {
                return false;
            }

            address = (address << 8) | value;
        }

        return true;
    }

    public static IPAddress Address(uint number)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, number);
        return new IPAddress(bytes);
    }

    public static uint Number(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[4];
        return address.AddressFamily == AddressFamily.InterNetwork && address.TryWriteBytes(bytes, out _)
            ? BinaryPrimitives.ReadUInt32BigEndian(bytes)
            : throw new ArgumentException($"not an IPv4 address: {address}", nameof(address));
    }

    public bool Contains(uint address) => (address & Mask(PrefixLength)) == First;

    public bool Overlaps(Ipv4Network other) => Contains(other.First) || other.Contains(First);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Address(First)}/{PrefixLength}");

    private static uint Mask(int prefixLength) => prefixLength == 0 ? 0 : uint.MaxValue << (32 - prefixLength);
}
