namespace Berth.Api.Tests;

public sealed class FiltersTests
{
    [Theory]
    [InlineData("{\"label\":[\"a\",\"b=c\"],\"status\":[\"running\"]}")]
    [InlineData("{\"label\":{\"a\":true,\"b=c\":true},\"status\":{\"running\":true}}")]
    public void Both_forms_mean_the_same(string json)
    {
        Filters filters = Filters.Parse(json);

        Assert.Equal(["label", "status"], filters.Names.Order());
        Assert.Equal(["a", "b=c"], filters["label"]);
        Assert.Equal(["running"], filters["status"]);
        Assert.Empty(filters["name"]);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("{}")]
    public void Nothing_filters_nothing(string? json) => Assert.True(Filters.Parse(json).IsEmpty);

    [Theory]
    [InlineData("label=a")]
    [InlineData("[]")]
    [InlineData("{\"label\":\"a\"}")]
    [InlineData("{\"label\":[1]}")]
    public void What_is_neither_form_is_refused(string json) => Assert.Throws<FormatException>(() => Filters.Parse(json));

    [Fact]
    public void A_value_that_is_switched_off_does_not_count() => Assert.Empty(Filters.Parse("{\"label\":{\"a\":false}}")["label"]);

    [Fact]
    public void What_is_written_reads_back()
    {
        var filters = new Filters();
        filters.Add("label", "a=\"<b>\"");
        filters.Add("label", "c");
        filters.Add("label", "c");

        Assert.Equal(["a=\"<b>\"", "c"], Filters.Parse(filters.ToJson())["label"]);
    }
}
