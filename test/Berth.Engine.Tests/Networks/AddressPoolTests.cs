using Berth.Engine.Networks;

namespace Berth.Engine.Tests.Networks;

public sealed class AddressPoolTests
{
    [Fact]
    public void The_lowest_free_address_comes_first()
    {
        AddressPool pool = Pool("10.0.0.0/24");

        Assert.Equal(["10.0.0.1", "10.0.0.2", "10.0.0.3"], Take(pool, 3));
        pool.Release(Number("10.0.0.2"));
        Assert.Equal(["10.0.0.2", "10.0.0.4"], Take(pool, 2));
    }

    [Fact]
    public void First_and_last_address_of_the_subnet_belong_to_nobody()
    {
        AddressPool pool = Pool("10.0.0.0/30");

        Assert.Equal(["10.0.0.1", "10.0.0.2"], Take(pool, 2));
        Assert.False(pool.TryTake(out _));
        pool.Release(Number("10.0.0.0"));
        pool.Release(Number("10.0.0.3"));
        Assert.False(pool.TryTake(out _));
    }

    [Theory]
    [InlineData("10.0.0.4/31", "10.0.0.4", "10.0.0.5")]
    [InlineData("10.0.0.4/32", "10.0.0.4")]
    public void Point_to_point_subnets_use_all_they_have(string subnet, params string[] expected)
    {
        AddressPool pool = Pool(subnet);

        Assert.Equal(expected, Take(pool, expected.Length));
        Assert.False(pool.TryTake(out _));
    }

    [Fact]
    public void A_subnet_at_the_very_end_of_the_numbers_is_used_up_without_wrapping()
    {
        AddressPool pool = Pool("255.255.255.252/30");

        Assert.Equal(["255.255.255.253", "255.255.255.254"], Take(pool, 2));
        Assert.False(pool.TryTake(out _));
    }

    [Fact]
    public void Addresses_come_from_the_range_but_may_be_asked_for_outside_it()
    {
        AddressPool pool = Pool("10.1.0.0/16", "10.1.5.0/30");

        Assert.Equal(["10.1.5.0", "10.1.5.1", "10.1.5.2", "10.1.5.3"], Take(pool, 4));
        Assert.False(pool.TryTake(out _));
        Assert.True(pool.TryTake(Number("10.1.9.9")));
        Assert.False(pool.TryTake(Number("10.1.9.9")));
        Assert.False(pool.TryTake(Number("10.2.0.1")));
    }

    [Fact]
    public void A_released_address_outside_the_range_is_not_given_out_by_chance()
    {
        AddressPool pool = Pool("10.1.0.0/16", "10.1.5.0/30");
        pool.TryTake(Number("10.1.0.9"));
        pool.Release(Number("10.1.0.9"));

        Assert.Equal(["10.1.5.0"], Take(pool, 1));
    }

    [Fact]
    public void Releasing_twice_does_not_give_an_address_out_twice()
    {
        AddressPool pool = Pool("10.0.0.0/29");
        Take(pool, 3);
        pool.Release(Number("10.0.0.1"));
        pool.Release(Number("10.0.0.1"));

        Assert.Equal(["10.0.0.1", "10.0.0.4"], Take(pool, 2));
    }

    [Fact]
    public void What_is_in_use_and_what_is_left_add_up()
    {
        AddressPool pool = Pool("10.0.0.0/29");
        Take(pool, 2);

        Assert.Equal(4UL, pool.InUse);
        Assert.Equal(4UL, pool.Available);
    }

    [Fact]
    public void A_large_subnet_costs_only_what_is_taken()
    {
        AddressPool pool = Pool("10.0.0.0/8");

        Assert.Equal(1000, Take(pool, 1000).Distinct().Count());
        Assert.Equal("10.0.3.233", Take(pool, 1).Single());
    }

    private static AddressPool Pool(string subnet, string? range = null) =>
        new(Ipv4Network.Parse(subnet), range is null ? null : Ipv4Network.Parse(range));

    private static uint Number(string address) => Ipv4Network.TryParseAddress(address, out uint number) ? number : throw new FormatException(address);

    private static List<string> Take(AddressPool pool, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => pool.TryTake(out uint address) ? Ipv4Network.Address(address).ToString() : "none")];
}
