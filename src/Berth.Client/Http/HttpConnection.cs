using System.Globalization;
using System.Text;

namespace Berth.Client.Http;

/// <summary>One HTTP/1.1 connection: writes a request, reads the answer's head, hands out the body.</summary>
/// <remarks>
/// Blocking on purpose. A command line client lives for one or two requests; the thread pool, the async engine and HttpClient
/// would cost it more than the whole conversation. Source: RFC 9112.
/// </remarks>
internal sealed class HttpConnection : IDisposable
{
    private const int LongestHead = 64 * 1024;

    private readonly Wire _wire;
    private readonly Stream _stream;
    private byte[] _buffer = new byte[16 * 1024];
    private int _start;
    private int _end;

    public HttpConnection(Wire wire)
    {
        _wire = wire;
        _stream = wire.Stream;
    }

    public Wire Wire => _wire;

    /// <summary>True once an answer has been read on it: a failure may then mean that the daemon had closed it meanwhile.</summary>
    public bool IsUsed { get; private set; }

    public void Send(HttpRequest request, string hostHeader)
    {
        var head = new StringBuilder(256);
        head.Append(request.Method).Append(' ').Append(request.Target).Append(" HTTP/1.1\r\nHost: ").Append(hostHeader).Append("\r\n");
        foreach ((string name, string value) in request.Headers)
        {
            head.Append(name).Append(": ").Append(value).Append("\r\n");
        }

        if (request.BodyStream is not null)
        {
            head.Append("Transfer-Encoding: chunked\r\n\r\n");
        }
        else if (request.Method is not ("GET" or "HEAD"))
        {
            head.Append(CultureInfo.InvariantCulture, $"Content-Length: {request.Body.Length}\r\n\r\n");
        }
        else
        {
            head.Append("\r\n");
        }

        WriteHeadAndBody(head.ToString(), request.Body.Span);
        if (request.BodyStream is not null)
        {
            WriteChunks(request.BodyStream);
        }
    }

    // One write for head and body: one packet, one wake-up of the daemon.
    private void WriteHeadAndBody(string head, ReadOnlySpan<byte> body)
    {
        byte[] bytes = new byte[Encoding.UTF8.GetMaxByteCount(head.Length) + body.Length];
        int length = Encoding.UTF8.GetBytes(head, bytes);
        body.CopyTo(bytes.AsSpan(length));
        _stream.Write(bytes, 0, length + body.Length);
    }

    private void WriteChunks(Stream body)
    {
        byte[] buffer = new byte[64 * 1024];
        int read;
        while ((read = body.Read(buffer, 0, buffer.Length)) > 0)
        {
            _stream.Write(Encoding.ASCII.GetBytes(read.ToString("x", CultureInfo.InvariantCulture) + "\r\n"));
            _stream.Write(buffer, 0, read);
            _stream.Write("\r\n"u8);
        }

        _stream.Write("0\r\n\r\n"u8);
    }

    /// <exception cref="InvalidDataException">What came is no HTTP.</exception>
    /// <exception cref="EndOfStreamException">The connection ended first.</exception>
    public HttpHead ReadHead()
    {
        while (true)
        {
            int length = _buffer.AsSpan(_start, _end - _start).IndexOf("\r\n\r\n"u8);
            if (length >= 0)
            {
                var head = HttpHead.Parse(_buffer.AsSpan(_start, length));
                _start += length + 4;
                IsUsed = true;
                if (head.Status >= 200 || head.Status == 101)
                {
                    return head;
                }

                continue; // 1xx announces another answer
            }

            if (_end - _start > LongestHead)
            {
                throw new InvalidDataException("the answer's head is too long");
            }

            if (!Fill())
            {
                throw new EndOfStreamException("EOF");
            }
        }
    }

    /// <summary>Reads what the answer's body may contain; 0 at the connection's end.</summary>
    public int Read(Span<byte> destination)
    {
        if (_start == _end)
        {
            // A large read goes past the buffer: bodies of layers and logs are copied once less.
            if (destination.Length >= _buffer.Length)
            {
                return _stream.Read(destination);
            }

            if (!Fill())
            {
                return 0;
            }
        }

        int length = Math.Min(destination.Length, _end - _start);
        _buffer.AsSpan(_start, length).CopyTo(destination);
        _start += length;
        return length;
    }

    /// <summary>A line without its end; for the lengths between chunks.</summary>
    public string ReadLine()
    {
        while (true)
        {
            int length = _buffer.AsSpan(_start, _end - _start).IndexOf("\r\n"u8);
            if (length >= 0)
            {
                string line = Encoding.ASCII.GetString(_buffer, _start, length);
                _start += length + 2;
                return line;
            }

            if (!Fill())
            {
                throw new EndOfStreamException("unexpected EOF");
            }
        }
    }

    private bool Fill()
    {
        if (_start > 0)
        {
            Buffer.BlockCopy(_buffer, _start, _buffer, 0, _end - _start);
            (_start, _end) = (0, _end - _start);
        }

        if (_end == _buffer.Length)
        {
            Array.Resize(ref _buffer, _buffer.Length * 2);
        }

        int read = _stream.Read(_buffer, _end, _buffer.Length - _end);
        _end += read;
        return read > 0;
    }

    public void Dispose() => _stream.Dispose();
}
