using System.Buffers.Binary;

namespace Berth.Oci.Layers;

/// <summary>The fields of a 512-byte tar header. Source: pax(1), "ustar Interchange Format"; GNU tar manual, "Basic Tar Format".</summary>
internal static class TarHeader
{
    public const int BlockSize = 512;

    public static ReadOnlySpan<byte> Name(ReadOnlySpan<byte> h) => Text(h[..100]);

    public static byte Type(ReadOnlySpan<byte> h) => h[156];

    public static ReadOnlySpan<byte> LinkName(ReadOnlySpan<byte> h) => Text(h.Slice(157, 100));

    public static bool IsUstar(ReadOnlySpan<byte> h) => h.Slice(257, 6).SequenceEqual("ustar\0"u8);

    public static bool IsGnu(ReadOnlySpan<byte> h) => h.Slice(257, 8).SequenceEqual("ustar  \0"u8);

    public static ReadOnlySpan<byte> Prefix(ReadOnlySpan<byte> h) => Text(h.Slice(345, 155));

    public static ReadOnlySpan<byte> Text(ReadOnlySpan<byte> field)
    {
        int end = field.IndexOf((byte)0);
        return end < 0 ? field : field[..end];
    }

    public static bool IsZero(ReadOnlySpan<byte> h) => !h.ContainsAnyExcept((byte)0);

    /// <summary>Whether the header's checksum fits, computed over unsigned bytes or, as old tars did, signed ones.</summary>
    public static bool HasValidChecksum(ReadOnlySpan<byte> h)
    {
        long unsigned = 0, signed = 0;
        for (int i = 0; i < BlockSize; i++)
        {
            byte b = i is >= 148 and < 156 ? (byte)' ' : h[i];
            unsigned += b;
            signed += (sbyte)b;
        }

        return TryNumber(h.Slice(148, 8), out long stated) && (stated == unsigned || stated == signed);
    }

    /// <summary>Octal digits, or a two's-complement number after a byte with the top bit set.</summary>
    public static bool TryNumber(ReadOnlySpan<byte> field, out long value)
    {
        value = 0;
        if ((field[0] & 0x80) != 0)
        {
            return TryBinary(field, out value);
        }

        field = Text(field).Trim((byte)' ');
        foreach (byte digit in field)
        {
            if (digit is < (byte)'0' or > (byte)'7' || value > long.MaxValue >> 3)
            {
                return false;
            }

            value = (value << 3) | (uint)(digit - '0');
        }

        return true;
    }

    private static bool TryBinary(ReadOnlySpan<byte> field, out long value)
    {
        bool negative = (field[0] & 0x40) != 0;
        byte filler = negative ? (byte)0xFF : (byte)0;
        value = 0;
        ReadOnlySpan<byte> high = field[..^8];
        for (int i = 0; i < high.Length; i++)
        {
            byte b = i == 0 ? (byte)(negative ? high[0] | 0x80 : high[0] & 0x7F) : high[i];
            if (b != filler)
            {
                return false;
            }
        }

        if (high.Length == 0)
        {
            // an 8-byte field keeps its marker in the number's own top byte
            Span<byte> copy = stackalloc byte[8];
            field.CopyTo(copy);
            copy[0] = (byte)(negative ? copy[0] | 0x80 : copy[0] & 0x7F);
            value = BinaryPrimitives.ReadInt64BigEndian(copy);
            return true;
        }

        value = BinaryPrimitives.ReadInt64BigEndian(field[^8..]);
        return negative == value < 0;
    }
}
