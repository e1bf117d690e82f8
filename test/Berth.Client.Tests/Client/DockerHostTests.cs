namespace Berth.Client.Tests.Client;

public sealed class DockerHostTests
{
    [Theory]
    [InlineData("", "unix:///var/run/docker.sock")]
    [InlineData("unix://", "unix:///var/run/docker.sock")]
    [InlineData("unix:///tmp/x.sock", "unix:///tmp/x.sock")]
    [InlineData("tcp://host:1234", "tcp://host:1234")]
    [InlineData("tcp://host", "tcp://host:2375")]
    [InlineData("tcp://", "tcp://localhost:2375")]
    [InlineData("host:1", "tcp://host:1")]
    [InlineData("host", "tcp://host:2375")]
    [InlineData(":1", "tcp://localhost:1")]
    [InlineData("tcp://[::1]:2375", "tcp://[::1]:2375")]
    [InlineData("http://host:1/base/", "tcp://host:1/base")]
    public void What_is_left_out_of_an_address_is_assumed(string text, string expected) => Assert.Equal(expected, DockerHost.Parse(text).ToString());

    [Fact]
    public void With_tls_another_port_is_assumed() => Assert.Equal("tcp://host:2376", DockerHost.Parse("tcp://host", new TlsFiles()).ToString());

    [Theory]
    [InlineData("foo://x")]
    [InlineData("ssh://x")]
    [InlineData("tcp://x:0")]
    [InlineData("tcp://x:99999")]
    [InlineData("tcp://x:y")]
    public void What_cannot_be_reached_is_refused(string text) => Assert.Throws<FormatException>(() => DockerHost.Parse(text));
}
