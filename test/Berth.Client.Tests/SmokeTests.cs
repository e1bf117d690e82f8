namespace Berth.Client.Tests;

public sealed class PlaceholderTests
{
    [Fact]
    public void Remove_me() => Assert.NotNull(typeof(PlaceholderTests));
}
