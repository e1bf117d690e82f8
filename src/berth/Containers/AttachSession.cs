using Berth.Api.Streams;
using Berth.Client;

namespace Berth.Cli.Containers;

/// <summary>Our three streams joined to a container's over a hijacked connection; used by run, start, attach and exec.</summary>
/// <remarks>
/// Output is pumped by the thread that calls <see cref="Run"/>, input by a thread of its own that never keeps the process alive:
/// a read of a terminal cannot be taken back.
/// </remarks>
internal sealed class AttachSession : IDisposable
{
    private const int BufferSize = 32 * 1024;

    private readonly CliContext _context;
    private readonly HijackedStream _stream;
    private readonly bool _hasTty;
    private readonly DetachKeys? _detachKeys;
    private volatile bool _isDetached;

    /// <param name="context">Our streams.</param>
    /// <param name="stream">Owned from now on.</param>
    /// <param name="hasTty">The container has a terminal: its output is plain bytes, and our keys go to it one by one.</param>
    /// <param name="detachKeys">The keys that leave it; null for the configured or usual ones.</param>
    public AttachSession(CliContext context, HijackedStream stream, bool hasTty, string? detachKeys)
    {
        _context = context;
        _stream = stream;
        _hasTty = hasTty;
        _detachKeys = hasTty ? DetachKeys.Parse(KeysOf(context, detachKeys)) : null;
    }

    /// <summary>The keys that are sent to the daemon: what the user said or configured; empty for the daemon's own.</summary>
    public static string ChosenKeys(CliContext context, string? option) =>
        option is { Length: > 0 } ? option : context.Config.DetachKeys ?? "";

    private static string KeysOf(CliContext context, string? option) =>
        ChosenKeys(context, option) is { Length: > 0 } keys ? keys : DetachKeys.Default;

    /// <summary>How attach and exec end where the user detached; run and start end well.</summary>
    /// <remarks>Source: moby/term, EscapeError, which docker/cli 28 passes on there.</remarks>
    public static CommandException Detached() => new("read escape sequence");

    /// <summary>Begins to send our input; it may be called before the container runs.</summary>
    public void StartInput()
    {
        if (_hasTty && _context.Terminal.IsTerminal)
        {
            _context.Terminal.MakeRaw();
        }

        new Thread(PumpInput) { IsBackground = true, Name = "stdin" }.Start();
    }

    /// <summary>Writes what the container writes, until it ends or the user detaches.</summary>
    /// <returns>False where the user detached.</returns>
    /// <exception cref="BrokenPipeException">Nobody reads our output any more.</exception>
    public bool Run()
    {
        try
        {
            if (_hasTty)
            {
                CopyPlain(_stream, _context.Out);
            }
            else
            {
                Demultiplex(_stream, _context.Out, _context.Error);
            }
        }
        catch (Exception e) when (_isDetached && e is IOException or ObjectDisposedException)
        {
            // the input thread has closed the connection
        }
        finally
        {
            _context.Terminal.Restore();
        }

        return !_isDetached;
    }

    private void PumpInput()
    {
        byte[] buffer = new byte[BufferSize];
        var toSend = new List<byte>();
        try
        {
            while (true)
            {
                int read = _context.Terminal.Read(buffer);
                if (read == 0)
                {
                    _stream.CloseWrite();
                    return;
                }

                if (_detachKeys is null)
                {
                    _stream.Write(buffer, 0, read);
                    continue;
                }

                toSend.Clear();
                bool leaves = _detachKeys.Filter(buffer.AsSpan(0, read), toSend);
                _stream.Write(toSend.ToArray());
                if (leaves)
                {
                    _isDetached = true;
                    _stream.Abandon();
                    return;
                }
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The container has closed its input or ended: the output side tells.
        }
    }

    public static void CopyPlain(Stream from, TextOutput to)
    {
        byte[] buffer = new byte[BufferSize];
        int read;
        while ((read = from.Read(buffer, 0, buffer.Length)) > 0)
        {
            to.WriteBytes(buffer.AsSpan(0, read));
        }
    }

    /// <exception cref="InvalidDataException">The bytes are no frames.</exception>
    public static void Demultiplex(Stream from, TextOutput output, TextOutput error)
    {
        byte[] buffer = new byte[BufferSize];
        while (from.ReadAtLeast(buffer.AsSpan(0, StdStreamFrame.HeaderLength), StdStreamFrame.HeaderLength, throwOnEndOfStream: false)
            == StdStreamFrame.HeaderLength)
        {
            (StdStream kind, int left) = StdStreamFrame.ReadHeader(buffer);
            if (kind == StdStream.SystemError)
            {
                byte[] sentence = new byte[left];
                from.ReadExactly(sentence);
                throw new CommandException($"error from daemon in stream: {System.Text.Encoding.UTF8.GetString(sentence)}");
            }

            TextOutput target = kind == StdStream.Stderr ? error : output;
            while (left > 0)
            {
                int read = from.Read(buffer, 0, Math.Min(left, buffer.Length));
                if (read == 0)
                {
                    return;
                }

                target.WriteBytes(buffer.AsSpan(0, read));
                left -= read;
            }
        }
    }

    public void Dispose()
    {
        _context.Terminal.Restore();
        _stream.Dispose();
    }
}
