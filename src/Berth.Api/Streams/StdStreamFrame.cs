using System.Buffers.Binary;

namespace Berth.Api.Streams;

public enum StdStream : byte
{
    Stdin = 0,
    Stdout = 1,
    Stderr = 2,

    /// <summary>An error of the daemon itself inside a stream that has already begun.</summary>
    SystemError = 3,
}

/// <summary>The 8-byte header before each piece of multiplexed output: stream, three zero bytes, big-endian length.</summary>
/// <remarks>Source: Engine API, "Stream format" of <c>POST /containers/{id}/attach</c>.</remarks>
public static class StdStreamFrame
{
    public const int HeaderLength = 8;
    public const string MultiplexedMediaType = "application/vnd.docker.multiplexed-stream";
    public const string RawMediaType = "application/vnd.docker.raw-stream";

    public static void WriteHeader(Span<byte> header, StdStream stream, int payloadLength)
    {
        header[..4].Clear();
        header[0] = (byte)stream;
        BinaryPrimitives.WriteUInt32BigEndian(header[4..], (uint)payloadLength);
    }

    /// <exception cref="InvalidDataException">The first byte names no stream.</exception>
    public static (StdStream Stream, int PayloadLength) ReadHeader(ReadOnlySpan<byte> header)
    {
        if (header[0] > (byte)StdStream.SystemError)
        {
            throw new InvalidDataException($"Unrecognized input header: {header[0]}");
        }

        return ((StdStream)header[0], checked((int)BinaryPrimitives.ReadUInt32BigEndian(header[4..])));
    }
}
