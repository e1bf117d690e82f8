namespace Berth.Api.Tests;

public sealed class ApiVersionTests
{
    [Fact]
    public void Versions_are_compared_by_number_not_by_text()
    {
        Assert.True(new ApiVersion(1, 9) < new ApiVersion(1, 24));
        Assert.True(new ApiVersion(2, 0) > new ApiVersion(1, 99));
        Assert.True(new ApiVersion(1, 44) <= new ApiVersion(1, 44) && new ApiVersion(1, 44) >= new ApiVersion(1, 44));
    }

    [Theory]
    [InlineData("1.47", 1, 47)]
    [InlineData("2.0", 2, 0)]
    public void A_version_reads_back_as_it_prints(string text, int major, int minor)
    {
        Assert.True(ApiVersion.TryParse(text, out ApiVersion version));
        Assert.Equal(new ApiVersion(major, minor), version);
        Assert.Equal(text, version.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("1.")]
    [InlineData(".47")]
    [InlineData("v1.47")]
    [InlineData("1.4.7")]
    [InlineData("1.-4")]
    public void What_is_no_version_is_not_read(string text) => Assert.False(ApiVersion.TryParse(text, out _));
}
