using Berth.Engine.Daemon;

namespace Berth.Engine.Tests.Daemon;

public sealed class SystemServiceTests
{
    [Theory]
    [InlineData(null, "docker.io")]
    [InlineData("", "docker.io")]
    [InlineData("https://index.docker.io/v1/", "docker.io")]
    [InlineData("registry-1.docker.io", "docker.io")]
    [InlineData("registry.example:5000", "registry.example:5000")]
    [InlineData("https://registry.example:5000/v2/", "registry.example:5000")]
    [InlineData("http://127.0.0.1:5000", "127.0.0.1:5000")]
    public void A_registry_is_named_by_host_by_address_or_by_the_old_index(string? address, string domain) =>
        Assert.Equal(domain, SystemService.DomainOf(address));

    [Fact]
    public void A_group_is_found_by_name_or_number()
    {
        string[] lines = ["root:x:0:", "docker:x:998:a,b", "broken", "odd:x:y:"];

        Assert.Equal(998u, SocketAccess.Find("docker", lines));
        Assert.Equal(1234u, SocketAccess.Find("1234", lines));
        Assert.Null(SocketAccess.Find("nobody-here", lines));
        Assert.Null(SocketAccess.Find("odd", lines));
    }
}
