using System.Runtime.InteropServices;

namespace Berth.Linux.Netlink;

/// <summary>Walks <c>struct nlattr</c>s. A length that reaches past the end ends the walk.</summary>
internal readonly ref struct NetlinkAttributes(ReadOnlySpan<byte> bytes)
{
    private const ushort NLA_TYPE_MASK = 0x3fff;
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    public Enumerator GetEnumerator() => new(_bytes);

    public ReadOnlySpan<byte> Find(ushort type)
    {
        foreach ((ushort found, ReadOnlySpan<byte> value) in this)
        {
            if (found == type)
            {
                return value;
            }
        }

        return [];
    }

    internal readonly ref struct Entry(ushort type, ReadOnlySpan<byte> value)
    {
        private readonly ReadOnlySpan<byte> _value = value;

        public void Deconstruct(out ushort type1, out ReadOnlySpan<byte> value1)
        {
            type1 = type;
            value1 = _value;
        }
    }

    internal ref struct Enumerator(ReadOnlySpan<byte> rest)
    {
        private ReadOnlySpan<byte> _rest = rest;
        private ushort _type;
        private ReadOnlySpan<byte> _value;

        public readonly Entry Current => new(_type, _value);

        public bool MoveNext()
        {
            if (_rest.Length < 4)
            {
                return false;
            }

            int length = MemoryMarshal.Read<ushort>(_rest);
            if (length < 4 || length > _rest.Length)
            {
                return false;
            }

            _type = (ushort)(MemoryMarshal.Read<ushort>(_rest[2..]) & NLA_TYPE_MASK);
            _value = _rest[4..length];
            _rest = _rest[Math.Min(_rest.Length, (length + 3) & ~3)..];
            return true;
        }
    }
}
