using System.Globalization;

namespace Berth.Client.Http;

/// <summary>An answer's body: of a stated length, in chunks, or up to the connection's end (RFC 9112, 6.3).</summary>
internal sealed class HttpBodyStream : Stream
{
    private readonly HttpResponse _owner;
    private readonly HttpConnection _connection;
    private readonly bool _isChunked;
    private readonly bool _untilClose;
    private bool _isFirstChunk = true;
    private long _left;

    public HttpBodyStream(HttpResponse owner, HttpConnection connection, HttpHead head, bool hasBody)
    {
        _owner = owner;
        _connection = connection;
        if (!hasBody)
        {
            IsAtEnd = true;
        }
        else if (head.Says("Transfer-Encoding", "chunked"))
        {
            _isChunked = true;
        }
        else if (long.TryParse(head["Content-Length"], NumberStyles.None, CultureInfo.InvariantCulture, out long length))
        {
            _left = length;
            IsAtEnd = length == 0;
        }
        else
        {
            _untilClose = true;
        }
    }

    /// <summary>The body has been read and the connection stands at the next answer.</summary>
    public bool IsAtEnd { get; private set; }

    public override int Read(Span<byte> buffer)
    {
        if (IsAtEnd || buffer.IsEmpty)
        {
            return 0;
        }

        if (_untilClose)
        {
            return _connection.Read(buffer);
        }

        if (_isChunked && _left == 0 && !BeginChunk())
        {
            return 0;
        }

        int read = _connection.Read(buffer[..(int)Math.Min(buffer.Length, _left)]);
        if (read == 0)
        {
            throw new EndOfStreamException("unexpected EOF");
        }

        _left -= read;
        IsAtEnd = !_isChunked && _left == 0;
        return read;
    }

    private bool BeginChunk()
    {
        if (!_isFirstChunk)
        {
            _connection.ReadLine(); // the line end after the chunk before
        }

        _isFirstChunk = false;
        string line = _connection.ReadLine();
        int extension = line.IndexOf(';', StringComparison.Ordinal);
        if (!long.TryParse(extension < 0 ? line : line[..extension], NumberStyles.AllowHexSpecifier | NumberStyles.AllowTrailingWhite,
            CultureInfo.InvariantCulture, out _left))
        {
            throw new InvalidDataException("malformed chunked encoding");
        }

        if (_left > 0)
        {
            return true;
        }

        while (_connection.ReadLine().Length > 0)
        {
            // trailers say nothing that we need
        }

        IsAtEnd = true;
        return false;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _owner.Dispose();
        }

        base.Dispose(disposing);
    }

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }
    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
