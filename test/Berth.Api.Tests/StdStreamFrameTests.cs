using Berth.Api.Streams;

namespace Berth.Api.Tests;

public sealed class StdStreamFrameTests
{
    [Fact]
    public void A_header_is_the_stream_three_zeros_and_the_length_big_endian()
    {
        byte[] header = [9, 9, 9, 9, 9, 9, 9, 9];
        StdStreamFrame.WriteHeader(header, StdStream.Stderr, 0x010203);

        Assert.Equal([2, 0, 0, 0, 0, 1, 2, 3], header);
        Assert.Equal((StdStream.Stderr, 0x010203), StdStreamFrame.ReadHeader(header));
    }

    [Fact]
    public void A_header_of_no_stream_is_refused() =>
        Assert.Equal("Unrecognized input header: 72", Assert.Throws<InvalidDataException>(() => StdStreamFrame.ReadHeader("HTTP/1.1"u8)).Message);

    [Fact]
    public void A_length_beyond_memory_is_refused() =>
        Assert.Throws<OverflowException>(() => StdStreamFrame.ReadHeader([1, 0, 0, 0, 0xff, 0xff, 0xff, 0xff]));
}
