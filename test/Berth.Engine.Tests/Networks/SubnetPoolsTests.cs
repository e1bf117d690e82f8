using Berth.Engine.Networks;

namespace Berth.Engine.Tests.Networks;

public sealed class SubnetPoolsTests
{
    [Fact]
    public void The_first_network_is_Dockers_and_each_next_one_follows()
    {
        var taken = new List<Ipv4Network>();
        var chosen = new List<string>();
        while (SubnetPools.Choose(AddressPoolOption.Defaults, taken) is { } subnet)
        {
            taken.Add(subnet);
            chosen.Add(subnet.ToString());
        }

        Assert.Equal(["172.17.0.0/16", "172.18.0.0/16", "172.19.0.0/16", "172.20.0.0/16", "172.21.0.0/16"], chosen[..5]);
        Assert.Equal("172.31.0.0/16", chosen[14]);
        Assert.Equal("192.168.0.0/20", chosen[15]);
        Assert.Equal("192.168.240.0/20", chosen[^1]);
        Assert.Equal(31, chosen.Count);
    }

    [Theory]
    [InlineData("172.17.5.0/24", "172.18.0.0/16")]
    [InlineData("172.16.0.0/12", "192.168.0.0/20")]
    [InlineData("0.0.0.0/0", "172.17.0.0/16")]
    [InlineData("172.17.255.255/32", "172.18.0.0/16")]
    public void What_the_host_occupies_is_passed_over(string occupied, string expected) =>
        Assert.Equal(expected, SubnetPools.Choose(AddressPoolOption.Defaults, [Ipv4Network.Parse(occupied)]).ToString());

    [Fact]
    public void Daemons_with_pools_of_their_own_do_not_meet()
    {
        AddressPoolOption[] first = [new("10.200.0.0/22", 24)];
        AddressPoolOption[] second = [new("10.200.4.0/22", 24)];

        Ipv4Network a = SubnetPools.Choose(first, [])!.Value;
        Ipv4Network b = SubnetPools.Choose(second, [a])!.Value;

        Assert.Equal("10.200.0.0/24", a.ToString());
        Assert.Equal("10.200.4.0/24", b.ToString());
    }

    [Fact]
    public void A_pool_with_bits_behind_its_prefix_is_the_block_around_it() =>
        Assert.Equal("10.5.0.0/24", SubnetPools.Choose([new("10.5.6.7/16", 24)], []).ToString());

    [Fact]
    public void Nothing_is_chosen_when_everything_is_taken() =>
        Assert.Null(SubnetPools.Choose([new("10.0.0.0/24", 25)], [Ipv4Network.Parse("10.0.0.0/25"), Ipv4Network.Parse("10.0.0.128/25")]));

    [Fact]
    public void A_pool_at_the_end_of_the_numbers_ends_there() =>
        Assert.Null(SubnetPools.Choose([new("255.255.255.0/24", 24)], [Ipv4Network.Parse("255.255.255.128/25")]));

    [Theory]
    [InlineData("fd00::/64", 80)]
    [InlineData("ten", 24)]
    [InlineData("10.0.0.0/16", 8)]
    [InlineData("10.0.0.0/16", 31)]
    public void Pools_that_make_no_sense_are_refused(string block, int size) =>
        Assert.Equal(ErrorKind.InvalidParameter, Assert.Throws<EngineException>(() => SubnetPools.Choose([new(block, size)], [])).Kind);
}
