using System.Net;
using Berth.Engine.Networks;

namespace Berth.Engine.Tests.Networks;

public sealed class Ipv4NetworkTests
{
    [Theory]
    [InlineData("10.1.2.3/16", "10.1.0.0/16", "10.1.255.255")]
    [InlineData("0.0.0.0/0", "0.0.0.0/0", "255.255.255.255")]
    [InlineData("10.1.2.3/32", "10.1.2.3/32", "10.1.2.3")]
    public void A_block_is_read_around_its_address(string text, string block, string last)
    {
        Assert.True(Ipv4Network.TryParse(text, out _, out Ipv4Network network));
        Assert.Equal(block, network.ToString());
        Assert.Equal(IPAddress.Parse(last), network.Broadcast);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("10.0.0.0")]
    [InlineData("10.0.0.0/")]
    [InlineData("/8")]
    [InlineData("10.0.0.0/33")]
    [InlineData("10.0.0.0/-1")]
    [InlineData("10.0.0.0/08")]
    [InlineData("10.0.0/8")]
    [InlineData("10.0.0.010/8")]
    [InlineData("10.0.0.256/8")]
    [InlineData("0x0a.0.0.0/8")]
    [InlineData(" 10.0.0.0/8")]
    [InlineData("fd00::/8")]
    public void Anything_else_is_no_block(string? text) => Assert.False(Ipv4Network.TryParse(text, out _, out _));

    [Theory]
    [InlineData("10.0.0.0/8", "10.5.0.0/16", true)]
    [InlineData("10.5.0.0/16", "10.0.0.0/8", true)]
    [InlineData("10.0.0.0/9", "10.128.0.0/9", false)]
    [InlineData("0.0.0.0/0", "255.0.0.0/8", true)]
    public void Blocks_overlap_when_one_holds_the_other(string a, string b, bool expected) =>
        Assert.Equal(expected, Ipv4Network.Parse(a).Overlaps(Ipv4Network.Parse(b)));
}
