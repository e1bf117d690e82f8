using System.Text;
using Berth.Runtime.Output;

namespace Berth.Runtime.Tests.Output;

public sealed class LogTimeTests
{
    [Theory]
    [InlineData(0, 0, "1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000000000Z")]
    [InlineData(1795492800, 120_000_000, "2026-11-24T04:00:00.12Z", "2026-11-24T04:00:00.120000000Z")]
    [InlineData(1795492800, 1, "2026-11-24T04:00:00.000000001Z", "2026-11-24T04:00:00.000000001Z")]
    public void It_is_written_as_go_does_and_read_back(long seconds, int nanoseconds, string trimmed, string padded)
    {
        var time = new LogTime(seconds, nanoseconds);
        Span<byte> text = stackalloc byte[LogTime.PaddedLength];
        int length = time.FormatTrimmed(text);
        Assert.Equal(trimmed, Encoding.ASCII.GetString(text[..length]));
        Assert.Equal(padded, time.ToString());
        Assert.True(LogTime.TryParse(text[..length], out LogTime read));
        Assert.Equal(time, read);
        Assert.True(LogTime.TryParse(Encoding.ASCII.GetBytes(padded), out read));
        Assert.Equal(time, read);
    }

    [Theory]
    [InlineData("")]
    [InlineData("2026-11-24")]
    [InlineData("2026-11-24T04:00:00")]
    [InlineData("2026-11-24T04:00:00.Z")]
    [InlineData("2026-11-24T04:00:00.1234567890Z")]
    [InlineData("2026-13-24T04:00:00Z")]
    [InlineData("2026-02-30T04:00:00Z")]
    [InlineData("2026-11-24T04:00:00x12Z")]
    public void What_is_no_time_is_refused(string text) => Assert.False(LogTime.TryParse(Encoding.ASCII.GetBytes(text), out _));

    [Fact]
    public void A_time_before_1970_is_carried_over_too() =>
        Assert.Equal("1969-12-31T23:59:59.500000000Z", LogTime.From(new DateTimeOffset(1969, 12, 31, 23, 59, 59, 500, TimeSpan.Zero)).ToString());
}
