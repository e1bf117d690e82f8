using Berth.Api.Images;
using Berth.Engine.Images;
using Berth.Oci;

namespace Berth.Engine.Tests.Images;

public sealed class ImageTextTests
{
    [Theory]
    [InlineData(0, 0, "")]
    [InlineData(512, 0, "    512B")]
    [InlineData(0, 1000, "[>                                                  ]       0B/1kB")]
    [InlineData(1_500_000, 3_000_000, "[=========================>                         ]    1.5MB/3MB")]
    [InlineData(25_670_000, 25_670_000, "[==================================================>]  25.67MB/25.67MB")]
    [InlineData(200, 100, "[==================================================>]     200B")]
    public void Progress_is_drawn_as_dockerd_draws_it(long current, long total, string text) => Assert.Equal(text, ProgressText.Of(current, total));

    [Theory]
    [InlineData("redis", "redis", true)]
    [InlineData("re*", "redis", true)]
    [InlineData("*", "team/redis", false)]
    [InlineData("*/redis", "team/redis", true)]
    [InlineData("team/*:7", "team/redis:7", true)]
    [InlineData("r?dis", "redis", true)]
    [InlineData("r?dis", "r/dis", false)]
    [InlineData("[a-r]edis", "redis", true)]
    [InlineData("[^a-r]edis", "redis", false)]
    [InlineData("[redis", "redis", false)]
    [InlineData("redis*", "redis", true)]
    [InlineData("", "", true)]
    [InlineData("", "x", false)]
    public void Patterns_stop_at_slashes(string pattern, string name, bool matches) => Assert.Equal(matches, PathPattern.IsMatch(pattern, name));

    [Theory]
    [InlineData("1h30m", 5_400_000_000_000)]
    [InlineData("1.5s", 1_500_000_000)]
    [InlineData("-2ms", -2_000_000)]
    [InlineData("0", 0)]
    public void Durations_are_read_as_Go_writes_them(string text, long nanoseconds)
    {
        Assert.True(GoDuration.TryParse(text, out long parsed));
        Assert.Equal(nanoseconds, parsed);
    }

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("s")]
    [InlineData("1x")]
    [InlineData("1h2")]
    public void What_is_no_duration_is_none(string text) => Assert.False(GoDuration.TryParse(text, out _));

    [Theory]
    [InlineData("localhost:5000/x", "localhost:5000", true)]
    [InlineData("localhost:5000/x", "http://localhost:5000/v2/", true)]
    [InlineData("localhost:5000/x", "evil.example", false)]
    [InlineData("localhost:5000/x", "https://index.docker.io/v1/", false)]
    [InlineData("postgres", "https://index.docker.io/v1/", true)]
    [InlineData("postgres", null, true)]
    public void Credentials_are_told_to_the_registry_that_they_are_for(string image, string? server, bool told)
    {
        var auth = new AuthConfig { Username = "u", Password = "p", Serveraddress = server };
        Assert.Equal(told, UserCredentials.For(ImageReference.Parse(image), auth) is not null);
        Assert.Null(UserCredentials.For(ImageReference.Parse(image), new AuthConfig { Serveraddress = server }));
    }

    [Theory]
    [InlineData("registry.local:5000", true)]
    [InlineData("10.1.2.3:80", true)]
    [InlineData("10.2.0.1", false)]
    [InlineData("[fd00::1]:5000", true)]
    [InlineData("other.local", false)]
    public void Insecure_registries_are_named_or_in_a_network(string domain, bool insecure) =>
        Assert.Equal(insecure, InsecureRegistries.Includes(["registry.local", "10.1.0.0/16", "fd00::/8"], domain));

    [Theory]
    [InlineData("2024-05-06T07:08:09Z", "2024-05-06T07:08:09Z")]
    [InlineData("1714979289.5", "2024-05-06T07:08:09.5Z")]
    [InlineData("24h", "2024-05-06T00:00:00Z")]
    public void Moments_are_read_in_every_form(string text, string expected)
    {
        var now = new DateTimeOffset(2024, 5, 7, 0, 0, 0, TimeSpan.Zero);
        Assert.Equal(expected, Timestamps.Format(TimeFilter.TryParse(text, now)!.Value));
        Assert.Null(TimeFilter.TryParse("yesterday-ish", now));
    }
}
