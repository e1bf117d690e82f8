using System.Runtime.InteropServices;
using System.Text;

namespace Berth.Cli;

/// <summary>Standard output or standard error: text is gathered and written at <see cref="Flush"/>, bytes go straight through.</summary>
/// <remarks>System.Console would cost several milliseconds of a process that lives for ten.</remarks>
internal sealed unsafe class TextOutput
{
    private readonly int _descriptor;
    private readonly StringBuilder _text = new();
    private readonly Lock _writing = new();

    public TextOutput(int descriptor) => _descriptor = descriptor;

    public bool IsTerminal => Libc.IsTerminal(_descriptor) == 1;

    public int Descriptor => _descriptor;

    public void Write(string text)
    {
        lock (_writing)
        {
            _text.Append(text);
        }
    }

    public void WriteLine(string line = "") => Write(line + "\n");

    public void Flush()
    {
        lock (_writing)
        {
            if (_text.Length > 0)
            {
                byte[] bytes = Encoding.UTF8.GetBytes(_text.ToString());
                _text.Clear();
                WriteAll(bytes);
            }
        }
    }

    /// <summary>Writes through, behind what was gathered.</summary>
    /// <exception cref="BrokenPipeException">Nobody reads any more.</exception>
    public void WriteBytes(ReadOnlySpan<byte> bytes)
    {
        lock (_writing)
        {
            Flush();
            WriteAll(bytes);
        }
    }

    private void WriteAll(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            nint written;
            fixed (byte* start = bytes)
            {
                written = Libc.Write(_descriptor, start, (nuint)bytes.Length);
            }

            if (written < 0)
            {
                WaitOrThrow(Marshal.GetLastPInvokeError());
                continue;
            }

            bytes = bytes[(int)written..];
        }
    }

    private void WaitOrThrow(int errno)
    {
        switch (errno)
        {
            case Libc.EINTR:
                return;
            case Libc.EAGAIN: // somebody made the shared terminal or pipe non-blocking
                var writable = new Libc.PollDescriptor { fd = _descriptor, events = Libc.POLLOUT };
                _ = Libc.Poll(&writable, 1, -1);
                return;
            case Libc.EPIPE:
                throw new BrokenPipeException();
            default:
                throw new IOException($"write: {Marshal.GetPInvokeErrorMessage(errno)}");
        }
    }
}

/// <summary>The reader of our output has gone: the program ends as if by SIGPIPE.</summary>
internal sealed class BrokenPipeException : Exception
{
    public const int ExitCode = 141;
}
