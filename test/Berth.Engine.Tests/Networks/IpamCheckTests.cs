using Berth.Api.Networks;
using Berth.Engine.Networks;

namespace Berth.Engine.Tests.Networks;

public sealed class IpamCheckTests
{
    [Theory]
    [InlineData("10.1.3.0", null, null, "invalid subnet 10.1.3.0: invalid CIDR block notation")]
    [InlineData("", null, "10.2.3.1", "invalid subnet : invalid CIDR block notation")]
    [InlineData("10.10.10.0/8", null, null, "invalid subnet 10.10.10.0/8: it should be 10.0.0.0/8")]
    [InlineData("10.0.0.0/8", "foobar", null, "invalid ip-range foobar: invalid CIDR block notation")]
    [InlineData("10.10.10.0/24", "10.0.0.0/8", null, "invalid ip-range 10.0.0.0/8: CIDR block is bigger than its parent subnet 10.10.10.0/24")]
    [InlineData("10.0.0.0/8", "10.10.10.0/16", null, "invalid ip-range 10.10.10.0/16: it should be 10.10.0.0/16")]
    [InlineData("10.0.0.0/8", "192.168.0.0/24", null, "invalid ip-range 192.168.0.0/24: parent subnet 10.0.0.0/8 doesn't contain ip-range")]
    [InlineData("10.0.0.0/8", "fd00::/64", null, "invalid ip-range fd00::/64: parent subnet is an IPv4 block")]
    [InlineData("10.0.0.0/8", null, "1001.10.5.3", "invalid gateway 1001.10.5.3: invalid address")]
    [InlineData("10.0.0.0/8", null, "192.168.0.1", "invalid gateway 192.168.0.1: parent subnet 10.0.0.0/8 doesn't contain this address")]
    [InlineData("10.0.0.0/8", null, "fd00::1", "invalid gateway fd00::1: parent subnet is an IPv4 block")]
    public void A_plan_that_makes_no_sense_is_refused_in_Dockers_words(string subnet, string? range, string? gateway, string sentence)
    {
        EngineException e = Assert.Throws<EngineException>(() =>
            IpamCheck.Ipv4(new Ipam { Config = [new IpamConfig { Subnet = subnet, IPRange = range, Gateway = gateway }] }));

        Assert.Equal("invalid network config:\n" + sentence, e.Message);
        Assert.Equal(ErrorKind.InvalidParameter, e.Kind);
    }

    [Fact]
    public void Every_problem_is_told_at_once()
    {
        var config = new IpamConfig
        {
            Subnet = "10.0.0.0/8",
            IPRange = "192.168.0.1/24",
            Gateway = "192.168.0.1",
            AuxiliaryAddresses = new Dictionary<string, string> { ["a"] = "192.168.0.1" },
        };

        EngineException e = Assert.Throws<EngineException>(() => IpamCheck.Ipv4(new Ipam { Config = [config] }));

        Assert.Equal(
            """
            invalid network config:
            invalid ip-range 192.168.0.1/24: it should be 192.168.0.0/24
            invalid ip-range 192.168.0.1/24: parent subnet 10.0.0.0/8 doesn't contain ip-range
            invalid gateway 192.168.0.1: parent subnet 10.0.0.0/8 doesn't contain this address
            invalid auxiliary address a: parent subnet 10.0.0.0/8 doesn't contain this address
            """,
            e.Message);
    }

    [Fact]
    public void No_plan_leaves_the_choice_to_us() => Assert.Null(IpamCheck.Ipv4(new Ipam { Config = [] }));

    [Fact]
    public void IPv6_subnets_are_passed_over_while_IPv6_is_off() =>
        Assert.Equal("10.0.0.0/24", IpamCheck.Ipv4(new Ipam { Config = [new IpamConfig { Subnet = "fd00::/64" }, new IpamConfig { Subnet = "10.0.0.0/24" }] })!.Subnet);
}
