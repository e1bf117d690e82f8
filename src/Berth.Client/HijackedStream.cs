using System.Net.Sockets;
using Berth.Api.Streams;
using Berth.Client.Http;

namespace Berth.Client;

/// <summary>A connection that has left HTTP: a container's output comes in, its input goes out, and each way can end by itself.</summary>
/// <remarks>Reading and writing may happen on two threads at once. The caller disposes it.</remarks>
public sealed class HijackedStream : Stream
{
    private readonly HttpConnection _connection;

    internal HijackedStream(HttpConnection connection, string? contentType)
    {
        _connection = connection;
        ContentType = contentType;
    }

    public string? ContentType { get; }

    /// <summary>The output comes in frames. Only daemons of API 1.42 and newer say so.</summary>
    public bool IsMultiplexed => ContentType == StdStreamFrame.MultiplexedMediaType;

    /// <summary>Says that no more input will come; output still flows.</summary>
    public void CloseWrite() => Try(_connection.Wire.CloseWrite);

    /// <summary>Ends both ways at once; a read that waits on another thread returns.</summary>
    public void Abandon() => Try(_connection.Wire.Abandon);

    private static void Try(Action end)
    {
        try
        {
            end();
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
        {
            // The other side has already gone: there is nobody left to tell.
        }
    }

    public override int Read(Span<byte> buffer) => _connection.Read(buffer);

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer) => _connection.Wire.Stream.Write(buffer);

    public override void Write(byte[] buffer, int offset, int count) => _connection.Wire.Stream.Write(buffer, offset, count);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _connection.Dispose();
        }

        base.Dispose(disposing);
    }

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => true;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }
    public override void Flush() => _connection.Wire.Stream.Flush();
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
}
