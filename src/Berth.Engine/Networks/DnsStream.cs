using System.Buffers.Binary;

namespace Berth.Engine.Networks;

/// <summary>DNS messages on a stream: two bytes of length before each. Source: RFC 1035, section 4.2.2.</summary>
internal static class DnsStream
{
    /// <returns>Null at the end of the stream, or when the message is longer than <paramref name="maxLength"/>.</returns>
    /// <exception cref="EndOfStreamException">The stream ends within a message.</exception>
    public static async Task<byte[]?> ReadAsync(Stream stream, int maxLength, CancellationToken ct)
    {
        byte[] head = new byte[2];
        if (await stream.ReadAtLeastAsync(head, 2, throwOnEndOfStream: false, ct).ConfigureAwait(false) < 2)
        {
            return null;
        }

        int length = BinaryPrimitives.ReadUInt16BigEndian(head);
        if (length > maxLength)
        {
            return null;
        }

        byte[] message = new byte[length];
        await stream.ReadExactlyAsync(message, ct).ConfigureAwait(false);
        return message;
    }

    public static async Task WriteAsync(Stream stream, byte[] message, CancellationToken ct)
    {
        byte[] framed = new byte[message.Length + 2];
        BinaryPrimitives.WriteUInt16BigEndian(framed, (ushort)message.Length);
        message.CopyTo(framed, 2);
        await stream.WriteAsync(framed, ct).ConfigureAwait(false);
    }
}
