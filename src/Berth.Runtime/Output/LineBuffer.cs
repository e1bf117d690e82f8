using System.Runtime.InteropServices;

namespace Berth.Runtime.Output;

/// <summary>Cuts one stream of output into lines; what is longer than <see cref="MaxLineLength"/> comes in pieces.</summary>
/// <remarks>moby: daemon/logger/copier.go. Memory is native and untouched until there is an unfinished line.</remarks>
internal sealed unsafe class LineBuffer : IDisposable
{
    public const int MaxLineLength = 16 * 1024;

    private byte* _buffer;
    private byte* _carry;
    private int _length;

    /// <summary>Takes the next piece from the front of <paramref name="data"/>.</summary>
    /// <param name="line">Valid until the next call.</param>
    /// <param name="complete">Whether the line ended (in a newline, which is not part of it).</param>
    /// <returns>False where all is taken and no line is finished.</returns>
    public bool TryTake(ref ReadOnlySpan<byte> data, out ReadOnlySpan<byte> line, out bool complete)
    {
        int newline = data.IndexOf((byte)'\n');
        int available = newline < 0 ? data.Length : newline;
        int room = MaxLineLength - _length;
        complete = newline >= 0 && available < room;
        if (complete)
        {
            line = _length == 0 ? data[..newline] : Join(data[..newline]);
            _length = 0;
            data = data[(newline + 1)..];
            return true;
        }

        if (available < room)
        {
            Join(data);
            data = default;
            line = default;
            return false;
        }

        ReadOnlySpan<byte> full = Join(data[..room]);
        data = data[room..];

        // A character's bytes stay together: what began at the end of this piece goes in front of the next.
        int cut = full.Length - UnfinishedCharacterLength(full);
        line = full[..cut];
        Carry(full[cut..]);
        return true;
    }

    /// <summary>What is left when no more comes.</summary>
    public ReadOnlySpan<byte> TakeRest()
    {
        ReadOnlySpan<byte> rest = new(_buffer, _length);
        _length = 0;
        return rest;
    }

    public void Dispose()
    {
        NativeMemory.Free(_buffer);
        NativeMemory.Free(_carry);
        _buffer = _carry = null;
        _length = 0;
    }

    private ReadOnlySpan<byte> Join(ReadOnlySpan<byte> data)
    {
        if (_buffer is null)
        {
            _buffer = (byte*)NativeMemory.Alloc(MaxLineLength);
        }

        data.CopyTo(new Span<byte>(_buffer + _length, MaxLineLength - _length));
        _length += data.Length;
        return new(_buffer, _length);
    }

    private void Carry(ReadOnlySpan<byte> unfinished)
    {
        // The piece that was given out still lies in the buffer, so the next one is put together in the other.
        if (_carry is null)
        {
            _carry = (byte*)NativeMemory.Alloc(MaxLineLength);
        }

        unfinished.CopyTo(new Span<byte>(_carry, MaxLineLength));
        byte* given = _buffer;
        _buffer = _carry;
        _carry = given;
        _length = unfinished.Length;
    }

    /// <summary>How many bytes at the end begin a UTF-8 character that is not finished.</summary>
    internal static int UnfinishedCharacterLength(ReadOnlySpan<byte> text)
    {
        for (int back = 1; back <= Math.Min(3, text.Length); back++)
        {
            byte value = text[^back];
            if (value < 0x80)
            {
                return 0;
            }

            if (value >= 0xc0)
            {
                int needed = value >= 0xf0 ? 4 : value >= 0xe0 ? 3 : 2;
                return needed > back ? back : 0;
            }
        }

        return 0;
    }
}
