using System.Buffers.Binary;
using System.Text;

namespace Berth.Runtime.Shim;

/// <summary>The head of every message between daemon and shim: payload length, kind and request id, each 32 bits, little endian.</summary>
/// <param name="RequestId">Chosen by who asks and repeated by who answers; 0 in events.</param>
internal readonly record struct ShimFrame(int Length, ShimMessage Kind, uint RequestId)
{
    public const int HeaderLength = 12;

    /// <summary>More than any message needs; whoever claims more does not speak this protocol.</summary>
    public const int MaxLength = 1 << 20;

    /// <exception cref="InvalidDataException">The length is out of bounds.</exception>
    public static ShimFrame Read(ReadOnlySpan<byte> header)
    {
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(header);
        if (length > MaxLength)
        {
            throw new InvalidDataException($"shim message of {length} bytes");
        }

        return new((int)length, (ShimMessage)BinaryPrimitives.ReadUInt32LittleEndian(header[4..]), BinaryPrimitives.ReadUInt32LittleEndian(header[8..]));
    }
}

/// <summary>Builds one message.</summary>
internal sealed class ShimFrameWriter
{
    private byte[] _buffer = new byte[64];
    private int _length = ShimFrame.HeaderLength;

    public ShimFrameWriter Write(int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(Reserve(sizeof(int)), value);
        return this;
    }

    public ShimFrameWriter Write(long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(Reserve(sizeof(long)), value);
        return this;
    }

    public ShimFrameWriter Write(bool value) => Write(value ? 1 : 0);

    public ShimFrameWriter Write(string value)
    {
        int length = Encoding.UTF8.GetByteCount(value);
        Write(length);
        Encoding.UTF8.GetBytes(value, Reserve(length));
        return this;
    }

    public ShimFrameWriter Write(IReadOnlyList<string> values)
    {
        Write(values.Count);
        foreach (string value in values)
        {
            Write(value);
        }

        return this;
    }

    public ReadOnlyMemory<byte> Complete(ShimMessage kind, uint requestId)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(_buffer, (uint)(_length - ShimFrame.HeaderLength));
        BinaryPrimitives.WriteUInt32LittleEndian(_buffer.AsSpan(4), (uint)kind);
        BinaryPrimitives.WriteUInt32LittleEndian(_buffer.AsSpan(8), requestId);
        return _buffer.AsMemory(0, _length);
    }

    private Span<byte> Reserve(int count)
    {
        if (_buffer.Length - _length < count)
        {
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _length + count));
        }

        Span<byte> space = _buffer.AsSpan(_length, count);
        _length += count;
        return space;
    }
}

/// <summary>Takes a message's payload apart, in the order it was written.</summary>
/// <remarks>Fields that are missing or longer than the payload throw <see cref="ArgumentOutOfRangeException"/>.</remarks>
internal ref struct ShimFrameReader(ReadOnlySpan<byte> payload)
{
    private ReadOnlySpan<byte> _rest = payload;

    public int ReadInt32() => BinaryPrimitives.ReadInt32LittleEndian(Take(sizeof(int)));

    public long ReadInt64() => BinaryPrimitives.ReadInt64LittleEndian(Take(sizeof(long)));

    public bool ReadBoolean() => ReadInt32() != 0;

    public string ReadString() => Encoding.UTF8.GetString(Take(ReadInt32()));

    public string[] ReadStrings()
    {
        int count = ReadInt32();
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _rest.Length);
        var values = new string[count];
        for (int i = 0; i < count; i++)
        {
            values[i] = ReadString();
        }

        return values;
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        ReadOnlySpan<byte> field = _rest[..count];
        _rest = _rest[count..];
        return field;
    }
}
