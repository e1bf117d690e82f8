using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace Berth.Engine.Networks;

/// <summary>A question, as it stands in a DNS query. Source: RFC 1035, section 4; RFC 6891 for the size.</summary>
/// <param name="Name">Without the last dot, as it was written.</param>
/// <param name="Length">Length in bytes of header and question.</param>
/// <param name="HasOptions">The query carries EDNS.</param>
/// <param name="MaxAnswerLength">Of a datagram that the client takes.</param>
internal sealed record DnsQuestion(string Name, ushort Type, ushort Class, int Length, bool HasOptions, int MaxAnswerLength);

/// <summary>Reads queries and writes answers. Whatever comes in is read with limits and never followed by pointers.</summary>
internal static class DnsMessage
{
    public const ushort TypeA = 1;
    public const ushort TypePtr = 12;
    public const ushort TypeAaaa = 28;
    public const byte ServerFailure = 2;
    public const int HeaderLength = 12;
    private const ushort TypeOptions = 41;
    private const ushort ClassInternet = 1;
    private const int MaxNameLength = 255;

    /// <summary>In seconds. moby 28: libnetwork/resolver.go, respTTL.</summary>
    private const uint TimeToLive = 600;

    /// <returns>Null for all that is not a standard query with one question of the Internet.</returns>
    public static DnsQuestion? TryReadQuery(ReadOnlySpan<byte> message)
    {
        // QR and OPCODE must be 0, QDCOUNT 1.
        if (message.Length < HeaderLength || (message[2] & 0xf8) != 0 || BinaryPrimitives.ReadUInt16BigEndian(message[4..]) != 1)
        {
            return null;
        }

        int position = HeaderLength;
        var name = new StringBuilder();
        while (true)
        {
            if (position >= message.Length)
            {
                return null;
            }

            int length = message[position++];
            if (length == 0)
            {
                break;
            }

            if (length > 63 || position + length > message.Length || name.Length + length + 1 > MaxNameLength)
            {
                return null;
            }

            name.Append(name.Length > 0 ? "." : "").Append(Encoding.Latin1.GetString(message.Slice(position, length)));
            position += length;
        }

        if (position + 4 > message.Length)
        {
            return null;
        }

        ushort type = BinaryPrimitives.ReadUInt16BigEndian(message[position..]);
        ushort @class = BinaryPrimitives.ReadUInt16BigEndian(message[(position + 2)..]);
        position += 4;
        int size = OptionsSize(message, position);
        return @class == ClassInternet ? new DnsQuestion(name.ToString(), type, @class, position, size > 0, Math.Clamp(size, 512, 4096)) : null;
    }

    /// <summary>The address that <c>2.0.17.172.in-addr.arpa</c> asks about.</summary>
    public static bool TryReadReverse(string name, out uint address)
    {
        const string suffix = ".in-addr.arpa";
        address = 0;
        return name.EndsWith(suffix, StringComparison.OrdinalIgnoreCase)
            && Ipv4Network.TryParseAddress(string.Join('.', name[..^suffix.Length].Split('.').Reverse()), out address);
    }

    public static byte[] AddressAnswer(ReadOnlySpan<byte> query, DnsQuestion question, IReadOnlyList<IPAddress> addresses, bool isDatagram) =>
        Answer(query, question, TypeA, [.. addresses.Select(a => a.GetAddressBytes())], isDatagram);

    public static byte[] NameAnswer(ReadOnlySpan<byte> query, DnsQuestion question, string name, bool isDatagram) =>
        Answer(query, question, TypePtr, [EncodeName(name)], isDatagram);

    /// <summary>The name exists, but has nothing of that type.</summary>
    public static byte[] EmptyAnswer(ReadOnlySpan<byte> query, DnsQuestion question) => Answer(query, question, 0, [], isDatagram: true);

    public static byte[] FailureAnswer(ReadOnlySpan<byte> query, DnsQuestion question)
    {
        byte[] answer = EmptyAnswer(query, question);
        answer[3] |= ServerFailure;
        return answer;
    }

    /// <summary>Whether <paramref name="reply"/> is an answer to exactly this question under this number: nothing else is let in.</summary>
    public static bool IsReplyTo(ReadOnlySpan<byte> reply, ReadOnlySpan<byte> query, DnsQuestion question, ushort id) =>
        reply.Length >= question.Length
        && BinaryPrimitives.ReadUInt16BigEndian(reply) == id
        && (reply[2] & 0x80) != 0
        && BinaryPrimitives.ReadUInt16BigEndian(reply[4..]) == 1
        && reply[HeaderLength..question.Length].SequenceEqual(query[HeaderLength..question.Length]);

    public static int ResponseCode(ReadOnlySpan<byte> reply) => reply[3] & 0xf;

    private static byte[] Answer(ReadOnlySpan<byte> query, DnsQuestion question, ushort type, IReadOnlyList<byte[]> records, bool isDatagram)
    {
        const int recordHead = 12;
        const int optionsLength = 11;
        int limit = isDatagram ? question.MaxAnswerLength : ushort.MaxValue;
        int room = limit - question.Length - (question.HasOptions ? optionsLength : 0);
        int fitting = 0;
        while (fitting < records.Count && room >= recordHead + records[fitting].Length)
        {
            room -= recordHead + records[fitting++].Length;
        }

        using var answer = new MemoryStream();
        answer.Write(query[..2]);
        answer.WriteByte((byte)(0x80 | (query[2] & 0x01) | (fitting < records.Count ? 0x02 : 0))); // QR, RD as asked, TC
        answer.WriteByte(0x80); // RA
        WriteNumbers(answer, 1, (ushort)fitting, 0, (ushort)(question.HasOptions ? 1 : 0));
        answer.Write(query[HeaderLength..question.Length]);
        foreach (byte[] record in records.Take(fitting))
        {
            WriteNumbers(answer, 0xc000 | HeaderLength, type, ClassInternet, (ushort)(TimeToLive >> 16), (ushort)(TimeToLive & 0xffff), (ushort)record.Length);
            answer.Write(record);
        }

        if (question.HasOptions)
        {
            answer.WriteByte(0);
            WriteNumbers(answer, TypeOptions, 4096, 0, 0, 0);
        }

        return answer.ToArray();
    }

    private static void WriteNumbers(MemoryStream stream, params ReadOnlySpan<ushort> numbers)
    {
        foreach (ushort number in numbers)
        {
            stream.WriteByte((byte)(number >> 8));
            stream.WriteByte((byte)number);
        }
    }

    private static byte[] EncodeName(string name)
    {
        using var encoded = new MemoryStream();
        foreach (string label in name.Split('.', StringSplitOptions.RemoveEmptyEntries))
        {
            byte[] bytes = Encoding.Latin1.GetBytes(label[..Math.Min(label.Length, 63)]);
            encoded.WriteByte((byte)bytes.Length);
            encoded.Write(bytes);
        }

        encoded.WriteByte(0);
        return encoded.ToArray();
    }

    /// <summary>What an OPT record directly behind the question says; 0 where there is none.</summary>
    private static int OptionsSize(ReadOnlySpan<byte> message, int position)
    {
        bool isOnlyRecord = BinaryPrimitives.ReadUInt32BigEndian(message[6..]) == 0 && BinaryPrimitives.ReadUInt16BigEndian(message[10..]) > 0;
        return isOnlyRecord && position + 5 <= message.Length && message[position] == 0
            && BinaryPrimitives.ReadUInt16BigEndian(message[(position + 1)..]) == TypeOptions
                ? Math.Max(1, (int)BinaryPrimitives.ReadUInt16BigEndian(message[(position + 3)..]))
                : 0;
    }
}
