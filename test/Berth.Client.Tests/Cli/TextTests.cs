using Berth.Cli;

namespace Berth.Client.Tests.Cli;

/// <summary>Numbers, sizes, spans, times and words as Docker reads and writes them.</summary>
public sealed class TextTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("512", 512)]
    [InlineData("1b", 1)]
    [InlineData("64m", 64L << 20)]
    [InlineData("64MB", 64L << 20)]
    [InlineData("2GiB", 2L << 30)]
    [InlineData("1.5g", 3L << 29)]
    [InlineData("10 kb", 10L << 10)]
    [InlineData("1p", 1L << 50)]
    public void Sizes_are_read_in_powers_of_1024(string text, long expected) => Assert.Equal(expected, Sizes.ParseBinary(text));

    [Theory]
    [InlineData("", "invalid size: ''")]
    [InlineData("abc", "invalid size: 'abc'")]
    [InlineData("-5", "invalid size: '-5'")]
    [InlineData("1x", "invalid suffix: 'x'")]
    [InlineData("1bb", "invalid suffix: 'bb'")]
    [InlineData("1kib2", "strconv.ParseFloat: parsing \"1kib2\": invalid syntax")]
    public void What_is_no_size_is_refused(string text, string expected) =>
        Assert.Equal(expected, Assert.Throws<FormatException>(() => Sizes.ParseBinary(text)).Message);

    [Theory]
    [InlineData(0, "0B")]
    [InlineData(999, "999B")]
    [InlineData(1000, "1kB")]
    [InlineData(12345, "12.35kB")]
    [InlineData(1234567, "1.235MB")]
    [InlineData(999999, "1000kB")]
    public void Sizes_are_written_with_four_digits(long bytes, string expected) => Assert.Equal(expected, Sizes.Human(bytes));

    [Theory]
    [InlineData("0", 0)]
    [InlineData("1h2m3s", 3_723_000_000_000)]
    [InlineData("1.5s", 1_500_000_000)]
    [InlineData("-2ms", -2_000_000)]
    [InlineData("100us", 100_000)]
    [InlineData("3ns", 3)]
    [InlineData(".5h", 1_800_000_000_000)]
    public void Spans_are_read_as_go_reads_them(string text, long nanoseconds) => Assert.Equal(nanoseconds, Durations.ParseNanoseconds(text));

    [Theory]
    [InlineData("", "time: invalid duration \"\"")]
    [InlineData("5", "time: missing unit in duration \"5\"")]
    [InlineData("5q", "time: unknown unit \"q\" in duration \"5q\"")]
    [InlineData("x", "time: invalid duration \"x\"")]
    [InlineData("1.s.", "time: invalid duration \"1.s.\"")]
    public void What_is_no_span_is_refused(string text, string expected) =>
        Assert.Equal(expected, Assert.Throws<FormatException>(() => Durations.ParseNanoseconds(text)).Message);

    [Theory]
    [InlineData(0, "Less than a second")]
    [InlineData(1, "1 second")]
    [InlineData(59, "59 seconds")]
    [InlineData(60, "About a minute")]
    [InlineData(3599, "59 minutes")]
    [InlineData(3600, "About an hour")]
    [InlineData(5400, "2 hours")]
    [InlineData(172_000, "2 days")]
    [InlineData(1_209_600, "2 weeks")]
    [InlineData(6_000_000, "2 months")]
    [InlineData(70_000_000, "2 years")]
    public void Spans_are_told_as_docker_tells_them(long seconds, string expected) => Assert.Equal(expected, Durations.Human(TimeSpan.FromSeconds(seconds)));

    [Theory]
    [InlineData("1700000000", "1700000000")]
    [InlineData("1700000000.5", "1700000000.5")]
    [InlineData("0", "0")]
    [InlineData("2024-05-30T12:07:14.123456789Z", "1717070834.123456789")]
    [InlineData("2024-05-30T12:07:14+02:00", "1717063634.000000000")]
    [InlineData("2024-05-30Z", "1717027200.000000000")]
    public void Points_in_time_become_seconds(string text, string expected) => Assert.Equal(expected, Timestamps.Parse(text, TimeProvider.System));

    [Fact]
    public void An_empty_point_in_time_is_none() => Assert.Null(Timestamps.Parse("", TimeProvider.System));

    [Theory]
    [InlineData("a\tb\nccc\td\n", "a         b\nccc       d\n")]
    [InlineData("a-long-cell-here\tb\nx\ty\n", "a-long-cell-here   b\nx                  y\n")]
    [InlineData("é\tb\n", "é         b\n")]
    [InlineData("one\n\na\tb\n", "one\n\na         b\n")]
    [InlineData("a\tb\tc\nlonger-than-ten\td\n", "a                 b         c\nlonger-than-ten   d\n")]
    public void Columns_end_where_their_widest_cell_does(string text, string expected) => Assert.Equal(expected, Table.Align(text));

    [Theory]
    [InlineData("a,b", new[] { "a", "b" })]
    [InlineData("\"a,b\",c", new[] { "a,b", "c" })]
    [InlineData("a,\"b\"\"c\"", new[] { "a", "b\"c" })]
    [InlineData("a,", new[] { "a", "" })]
    [InlineData("", new string[0])]
    public void Values_between_commas_may_be_quoted(string line, string[] expected) => Assert.Equal(expected, Csv.Split(line));

    [Theory]
    [InlineData("a\"b")]
    [InlineData("\"a")]
    [InlineData("\"a\"b")]
    public void A_stray_quote_is_refused(string line) => Assert.Throws<FormatException>(() => Csv.Split(line));

    [Fact]
    public void Names_with_numbers_are_sorted_as_people_do() =>
        Assert.Equal(["a", "net1", "net2", "net02", "net10", "net10b"], new[] { "net10b", "net10", "net02", "a", "net2", "net1" }.Order(NaturalOrder.Comparer));

    [Theory]
    [InlineData(1.5, "1.5")]
    [InlineData(1e6, "1e+06")]
    [InlineData(100000, "100000")]
    [InlineData(1e21, "1e+21")]
    [InlineData(0.00001, "1e-05")]
    [InlineData(-2, "-2")]
    public void Numbers_are_printed_as_go_prints_them(double number, string expected) => Assert.Equal(expected, GoFloat.Shortest(number));

    [Theory]
    [InlineData("1.2.3.4", true)]
    [InlineData("::1", true)]
    [InlineData("fd00::2", true)]
    [InlineData("1.2.3", false)]
    [InlineData("01.2.3.4", false)]
    [InlineData("1.2.3.256", false)]
    [InlineData("fe80::1%eth0", false)]
    [InlineData("", false)]
    public void Only_whole_addresses_are_addresses(string text, bool expected) => Assert.Equal(expected, GoAddress.IsAddress(text));
}
