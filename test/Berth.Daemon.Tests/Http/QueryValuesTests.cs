using System.Text;
using Berth.Api;
using Berth.Api.Images;
using Berth.Daemon.Endpoints;
using Berth.Daemon.Http;
using Berth.Engine;
using Berth.Engine.Containers;
using Microsoft.AspNetCore.Http;

namespace Berth.Daemon.Tests.Http;

public sealed class QueryValuesTests
{
    [Theory]
    [InlineData("", false)]
    [InlineData("?all", false)]
    [InlineData("?all=", false)]
    [InlineData("?all=0", false)]
    [InlineData("?all=No", false)]
    [InlineData("?all=FALSE", false)]
    [InlineData("?all=none", false)]
    [InlineData("?all=1", true)]
    [InlineData("?all=True", true)]
    [InlineData("?all=anything", true)]
    public void A_flag_is_true_unless_it_says_no(string query, bool expected) => Assert.Equal(expected, Request(query).Flag("all"));

    [Theory]
    [InlineData("", true)]
    [InlineData("?pause=0", false)]
    [InlineData("?pause=1", true)]
    public void A_flag_that_is_not_there_has_its_default(string query, bool expected) =>
        Assert.Equal(expected, Request(query).Flag("pause", absent: true));

    [Fact]
    public void Seconds_below_zero_wait_for_ever()
    {
        Assert.Null(Request("").Seconds("t"));
        Assert.Equal(TimeSpan.FromSeconds(7), Request("?t=7").Seconds("t"));
        Assert.Equal(Timeout.InfiniteTimeSpan, Request("?t=-1").Seconds("t"));
        EngineException refusal = Assert.Throws<EngineException>(() => Request("?t=soon").Seconds("t"));
        Assert.Equal("strconv.Atoi: parsing \"soon\": invalid syntax", refusal.Message);
    }

    [Theory]
    [InlineData("", "invalid resize height \"\": invalid syntax")]
    [InlineData("?h=x", "invalid resize height \"x\": invalid syntax")]
    [InlineData("?h=%2B4", "invalid resize height \"+4\": invalid syntax")]
    [InlineData("?h=-4", "invalid resize height \"-4\": value out of range")]
    [InlineData("?h=4294967296", "invalid resize height \"4294967296\": value out of range")]
    public void A_terminal_size_that_is_none_is_refused(string query, string message) =>
        Assert.Equal(message, Assert.Throws<EngineException>(() => Request(query).TerminalSize("h", "height")).Message);

    [Fact]
    public void A_terminal_size_fits_the_kernels_window() => Assert.Equal(65535, Request("?h=4294967295").TerminalSize("h", "height"));

    [Theory]
    [InlineData("?since=1700000000", 1700000000, 0)]
    [InlineData("?since=1700000000.5", 1700000000, 5_000_000)]
    [InlineData("?since=1700000000.000000123", 1700000000, 1)]
    public void A_timestamp_has_nanoseconds_behind_the_point(string query, long seconds, long ticks) =>
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(seconds).AddTicks(ticks), Request(query).Timestamp("since"));

    [Theory]
    [InlineData("?since=yesterday")]
    [InlineData("?since=99999999999999999")]
    [InlineData("?since=1.x")]
    public void A_timestamp_that_is_no_number_is_refused(string query) =>
        Assert.Equal(ErrorKind.InvalidParameter, Assert.Throws<EngineException>(() => Request(query).Timestamp("since")).Kind);

    [Theory]
    [InlineData("{\"label\":[\"a=b\"]}")]
    [InlineData("{\"label\":{\"a=b\":true}}")]
    public void Filters_are_read_in_both_forms(string json) =>
        Assert.Equal(["a=b"], Request($"?filters={Uri.EscapeDataString(json)}").Filters()["label"]);

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{\"label\":5}")]
    public void Filters_that_are_none_are_refused(string json)
    {
        EngineException refusal = Assert.Throws<EngineException>(() => Request($"?filters={Uri.EscapeDataString(json)}").Filters());
        Assert.Equal((ErrorKind.InvalidParameter, "invalid filter"), (refusal.Kind, refusal.Message));
    }

    [Theory]
    [InlineData("{\"os\":\"linux\",\"architecture\":\"arm64\",\"variant\":\"v8\"}", "linux/arm64/v8")]
    [InlineData("{\"os\":\"linux\",\"architecture\":\"amd64\"}", "linux/amd64")]
    public void A_platform_comes_as_json(string json, string expected) =>
        Assert.Equal(expected, Request($"?platform={Uri.EscapeDataString(json)}").Platform("platform", new ApiVersion(1, 48)));

    [Theory]
    [InlineData("linux/amd64", "failed to parse platform: ")]
    [InlineData("{\"variant\":\"v8\"}", "optional platform fields provided, but OS and Architecture are missing")]
    [InlineData("{\"os\":\"linux\"}", "both OS and Architecture must be provided")]
    public void Half_a_platform_is_refused(string json, string message) => Assert.StartsWith(message, Assert.Throws<EngineException>(() =>
        Request($"?platform={Uri.EscapeDataString(json)}").Platform("platform", new ApiVersion(1, 48))).Message, StringComparison.Ordinal);

    [Fact]
    public void Logs_read_their_query()
    {
        LogsRequest logs = LogQuery.Read(Request("?stdout=1&follow=true&tail=10&since=0&until=1700000000"));

        Assert.Equal(
            new LogsRequest { Stdout = true, Follow = true, Tail = 10, Until = DateTimeOffset.FromUnixTimeSeconds(1700000000) }, logs);
        Assert.Null(LogQuery.Read(Request("?tail=all")).Tail);
        Assert.Null(LogQuery.Read(Request("?tail=-5")).Tail);
    }

    [Fact]
    public void Registry_credentials_are_base64url_of_json_with_or_without_padding()
    {
        var expected = new AuthConfig { Username = "u?", Password = "p>>>", Serveraddress = "reg:5000" };
        string header = Convert.ToBase64String(Encoding.UTF8.GetBytes("{\"username\":\"u?\",\"password\":\"p>>>\",\"serveraddress\":\"reg:5000\"}"))
            .Replace('+', '-').Replace('/', '_');

        Assert.Equal(expected, RegistryAuthHeader.Parse(header));
        Assert.Equal(expected, RegistryAuthHeader.Parse(header.TrimEnd('=')));
    }

    [Theory]
    [InlineData("")]
    [InlineData("e30=")]
    [InlineData("e30")]
    [InlineData("not base64!")]
    [InlineData("bm90IGpzb24=")]
    public void A_header_without_credentials_is_none(string header) => Assert.Null(RegistryAuthHeader.Parse(header));

    [Theory]
    [InlineData("", "application/json")]
    [InlineData("text/html", "application/json")]
    [InlineData("*/*", "application/x-ndjson")]
    [InlineData("application/json-seq", "application/json-seq")]
    [InlineData("application/jsonl, application/x-ndjson;q=0.5", "application/jsonl")]
    [InlineData("application/x-ndjson;q=0, application/json-seq;q=0.1", "application/json-seq")]
    public void The_best_media_type_that_is_accepted_is_chosen(string accept, string expected) => Assert.Equal(expected,
        MediaTypes.Negotiate(accept, ["application/x-ndjson", "application/jsonl", "application/json-seq"], "application/json"));

    private static HttpRequest Request(string query) => new DefaultHttpContext { Request = { QueryString = new QueryString(query) } }.Request;
}
