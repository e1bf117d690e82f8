using System.Buffers.Binary;
using System.Net;
using System.Text;
using Berth.Engine.Networks;

namespace Berth.Engine.Tests.Networks;

public sealed class DnsMessageTests
{
    [Fact]
    public void A_query_is_read_with_its_name_and_type()
    {
        DnsQuestion question = DnsMessage.TryReadQuery(Query("web.Example", DnsMessage.TypeA))!;

        Assert.Equal(("web.Example", DnsMessage.TypeA, 512, false), (question.Name, question.Type, question.MaxAnswerLength, question.HasOptions));
    }

    [Theory]
    [InlineData(100, 512)]
    [InlineData(1232, 1232)]
    [InlineData(65535, 4096)]
    public void The_size_that_a_client_takes_is_believed_within_limits(ushort announced, int expected)
    {
        DnsQuestion question = DnsMessage.TryReadQuery(Query("web", DnsMessage.TypeA, announced))!;

        Assert.True(question.HasOptions);
        Assert.Equal(expected, question.MaxAnswerLength);
    }

    [Fact]
    public void No_prefix_of_a_query_is_read_as_one()
    {
        byte[] query = Query("web.example", DnsMessage.TypeA);

        Assert.All(Enumerable.Range(0, query.Length), length => Assert.Null(DnsMessage.TryReadQuery(query.AsSpan(0, length))));
    }

    [Fact]
    public void Random_bytes_are_never_a_reason_to_fail()
    {
        var random = new Random(4711);
        byte[] bytes = new byte[600];
        for (int i = 0; i < 20_000; i++)
        {
            random.NextBytes(bytes);
            (bytes[2], bytes[4], bytes[5]) = (0, 0, 1); // past the first check, to the parts that count
            _ = DnsMessage.TryReadQuery(bytes.AsSpan(0, random.Next(bytes.Length)));
        }
    }

    [Fact]
    public void Answers_pointers_and_other_classes_are_no_queries()
    {
        byte[] answer = Query("web", DnsMessage.TypeA);
        answer[2] |= 0x80;
        byte[] pointer = Query("web", DnsMessage.TypeA);
        pointer[DnsMessage.HeaderLength] = 0xc0;
        byte[] chaos = Query("web", DnsMessage.TypeA);
        chaos[^1] = 3;

        Assert.Null(DnsMessage.TryReadQuery(answer));
        Assert.Null(DnsMessage.TryReadQuery(pointer));
        Assert.Null(DnsMessage.TryReadQuery(chaos));
    }

    [Fact]
    public void Names_longer_than_255_bytes_are_refused() =>
        Assert.Null(DnsMessage.TryReadQuery(Query(string.Join('.', Enumerable.Repeat(new string('a', 60), 5)), DnsMessage.TypeA)));

    [Fact]
    public void An_answer_carries_number_question_and_addresses()
    {
        byte[] query = Query("web", DnsMessage.TypeA);

        byte[] answer = DnsMessage.AddressAnswer(query, DnsMessage.TryReadQuery(query)!, [IPAddress.Parse("172.18.0.2")], isDatagram: true);

        Assert.Equal(
            "1234" + "8180" + "0001000100000000" + "03776562" + "00" + "00010001" + "c00c" + "00010001" + "00000258" + "0004" + "ac120002",
            Convert.ToHexStringLower(answer));
    }

    [Theory]
    [InlineData(0, 512)]
    [InlineData(1232, 1232)]
    public void What_does_not_fit_a_datagram_is_cut_off_and_marked(ushort announced, int limit)
    {
        byte[] query = Query("web", DnsMessage.TypeA, announced);
        IPAddress[] addresses = [.. Enumerable.Range(0, 200).Select(i => new IPAddress([10, 0, 0, (byte)i]))];

        byte[] datagram = DnsMessage.AddressAnswer(query, DnsMessage.TryReadQuery(query)!, addresses, isDatagram: true);
        byte[] stream = DnsMessage.AddressAnswer(query, DnsMessage.TryReadQuery(query)!, addresses, isDatagram: false);

        Assert.InRange(datagram.Length, limit - 16, limit);
        Assert.Equal(0x02, datagram[2] & 0x02);
        Assert.Equal(0, stream[2] & 0x02);
        Assert.Equal(200, BinaryPrimitives.ReadUInt16BigEndian(stream.AsSpan(6)));
    }

    [Fact]
    public void Only_the_answer_to_this_question_under_this_number_is_taken()
    {
        byte[] query = Query("web", DnsMessage.TypeA);
        DnsQuestion question = DnsMessage.TryReadQuery(query)!;
        byte[] reply = DnsMessage.EmptyAnswer(query, question);
        byte[] other = Query("wen", DnsMessage.TypeA);
        byte[] otherReply = DnsMessage.EmptyAnswer(other, DnsMessage.TryReadQuery(other)!);

        Assert.True(DnsMessage.IsReplyTo(reply, query, question, 0x1234));
        Assert.False(DnsMessage.IsReplyTo(reply, query, question, 0x1235));
        Assert.False(DnsMessage.IsReplyTo(query, query, question, 0x1234));
        Assert.False(DnsMessage.IsReplyTo(otherReply, query, question, 0x1234));
        Assert.False(DnsMessage.IsReplyTo(reply.AsSpan(0, 10), query, question, 0x1234));
    }

    [Theory]
    [InlineData("2.0.17.172.in-addr.arpa", "172.17.0.2")]
    [InlineData("2.0.17.172.IN-ADDR.ARPA", "172.17.0.2")]
    [InlineData("0.17.172.in-addr.arpa", null)]
    [InlineData("x.2.0.17.172.in-addr.arpa", null)]
    [InlineData("in-addr.arpa", null)]
    public void Reverse_names_are_read_backwards(string name, string? expected)
    {
        bool isReverse = DnsMessage.TryReadReverse(name, out uint address);

        Assert.Equal(expected, isReverse ? Ipv4Network.Address(address).ToString() : null);
    }

    /// <summary>A query as a client's library writes it, under the number 0x1234.</summary>
    internal static byte[] Query(string name, ushort type, ushort optionsSize = 0)
    {
        using var query = new MemoryStream();
        query.Write([0x12, 0x34, 0x01, 0x00, 0, 1, 0, 0, 0, 0, 0, (byte)(optionsSize > 0 ? 1 : 0)]);
        foreach (string label in name.Split('.'))
        {
            query.WriteByte((byte)label.Length);
            query.Write(Encoding.ASCII.GetBytes(label));
        }

        query.Write([0, 0, (byte)type, 0, 1]);
        if (optionsSize > 0)
        {
            query.Write([0, 0, 41, (byte)(optionsSize >> 8), (byte)optionsSize, 0, 0, 0, 0, 0, 0]);
        }

        return query.ToArray();
    }
}
