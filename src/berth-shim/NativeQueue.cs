using System.Runtime.InteropServices;

namespace Berth.Shim;

/// <summary>Bytes that wait to be sent; takes no memory while it is empty.</summary>
internal sealed unsafe class NativeQueue
{
    private byte* _buffer;
    private int _capacity;
    private int _start;
    private int _end;

    public bool IsEmpty => _start == _end;

    public ReadOnlySpan<byte> Content => new(_buffer + _start, _end - _start);

    public void Append(ReadOnlySpan<byte> data)
    {
        if (_capacity - _end < data.Length)
        {
            int needed = _end - _start + data.Length;
            byte* larger = (byte*)NativeMemory.Alloc((nuint)needed);
            Content.CopyTo(new Span<byte>(larger, needed));
            _end -= _start;
            _start = 0;
            NativeMemory.Free(_buffer);
            _buffer = larger;
            _capacity = needed;
        }

        data.CopyTo(new Span<byte>(_buffer + _end, _capacity - _end));
        _end += data.Length;
    }

    /// <summary>Takes bytes off the front.</summary>
    public void Remove(int count)
    {
        _start += count;
        if (_start == _end)
        {
            Clear();
        }
    }

    public void Clear()
    {
        NativeMemory.Free(_buffer);
        _buffer = null;
        _capacity = _start = _end = 0;
    }
}
