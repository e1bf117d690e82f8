using System.Runtime.InteropServices;

namespace Berth.Cli;

/// <summary>The terminal on a descriptor: whether it is one, its size, and its raw mode.</summary>
internal sealed unsafe class Terminal : IDisposable
{
    // bits/termios.h
    private const uint IgnoreBreak = 0x1, BreakInterrupt = 0x2, MarkParity = 0x8, Strip = 0x20, NewLineToReturn = 0x40,
        IgnoreReturn = 0x80, ReturnToNewLine = 0x100, FlowControl = 0x400;
    private const uint PostProcess = 0x1;
    private const uint Signals = 0x1, Canonical = 0x2, Echo = 0x8, EchoNewLine = 0x40, Extended = 0x8000;
    private const uint CharacterSize = 0x30, EightBits = 0x30, Parity = 0x100;
    private const int MinimumIndex = 6, TimeIndex = 5; // VMIN, VTIME

    private readonly int _descriptor;
    private Libc.Termios? _before;

    public Terminal(int descriptor) => _descriptor = descriptor;

    public bool IsTerminal => Libc.IsTerminal(_descriptor) == 1;

    /// <summary>Rows and columns; null where there is no terminal.</summary>
    public (int Rows, int Columns)? Size => SizeOf(_descriptor);

    public static (int Rows, int Columns)? SizeOf(int descriptor)
    {
        Libc.WindowSize size;
        return Libc.GetWindowSize(descriptor, Libc.TIOCGWINSZ, &size) == 0 ? (size.ws_row, size.ws_col) : null;
    }

    /// <summary>Keys come one by one and unchanged, and none makes a signal; <see cref="Restore"/> undoes it.</summary>
    public void MakeRaw()
    {
        Libc.Termios attributes;
        if (_before is not null || Libc.GetAttributes(_descriptor, &attributes) != 0)
        {
            return;
        }

        _before = attributes;
        attributes.c_iflag &= ~(IgnoreBreak | BreakInterrupt | MarkParity | Strip | NewLineToReturn | IgnoreReturn | ReturnToNewLine | FlowControl);
        attributes.c_oflag &= ~PostProcess;
        attributes.c_lflag &= ~(Echo | EchoNewLine | Canonical | Signals | Extended);
        attributes.c_cflag = (attributes.c_cflag & ~(CharacterSize | Parity)) | EightBits;
        attributes.c_cc[MinimumIndex] = 1;
        attributes.c_cc[TimeIndex] = 0;
        _ = Libc.SetAttributes(_descriptor, Libc.TCSANOW, &attributes);
    }

    /// <summary>Typed characters are not shown; <see cref="Restore"/> undoes it.</summary>
    public void HideTyping()
    {
        Libc.Termios attributes;
        if (_before is null && Libc.GetAttributes(_descriptor, &attributes) == 0)
        {
            _before = attributes;
            attributes.c_lflag &= ~Echo;
            _ = Libc.SetAttributes(_descriptor, Libc.TCSANOW, &attributes);
        }
    }

    public void Restore()
    {
        if (_before is { } before)
        {
            _before = null;
            _ = Libc.SetAttributes(_descriptor, Libc.TCSADRAIN, &before);
        }
    }

    /// <summary>Blocks for input; 0 at its end.</summary>
    public int Read(Span<byte> buffer)
    {
        while (true)
        {
            nint read;
            fixed (byte* start = buffer)
            {
                read = Libc.Read(_descriptor, start, (nuint)buffer.Length);
            }

            if (read >= 0)
            {
                return (int)read;
            }

            switch (Marshal.GetLastPInvokeError())
            {
                case Libc.EINTR:
                    continue;
                case Libc.EAGAIN:
                    var readable = new Libc.PollDescriptor { fd = _descriptor, events = Libc.POLLIN };
                    _ = Libc.Poll(&readable, 1, -1);
                    continue;
                default:
                    return 0; // a terminal that was hung up ends like a file
            }
        }
    }

    /// <summary>A line without its end; null at the end of input.</summary>
    public string? ReadLine()
    {
        var line = new List<byte>();
        Span<byte> one = stackalloc byte[1];
        while (Read(one) == 1)
        {
            if (one[0] == '\n')
            {
                return System.Text.Encoding.UTF8.GetString([.. line]).TrimEnd('\r');
            }

            line.Add(one[0]);
        }

        return line.Count == 0 ? null : System.Text.Encoding.UTF8.GetString([.. line]);
    }

    public void Dispose() => Restore();
}
