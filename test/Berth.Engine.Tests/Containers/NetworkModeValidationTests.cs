using Berth.Api;
using Berth.Api.Containers;
using Berth.Engine.Containers;

namespace Berth.Engine.Tests.Containers;

public class NetworkModeValidationTests
{
    private static readonly HostConfig Shared = new() { NetworkMode = "container:other" };

    public static TheoryData<string, string> Conflicts => new()
    {
        { "hostname", "hostname and the network mode" },
        { "links", "container type network can't be used with links. This would result in undefined behavior" },
        { "dns", "dns and the network mode" },
        { "hosts", "custom host-to-IP mapping and the network mode" },
        { "publish", "port publishing and the container type network mode" },
        { "expose", "port exposing and the container type network mode" },
    };

    [Theory]
    [MemberData(nameof(Conflicts))]
    public void A_shared_network_excludes_settings_of_ones_own(string what, string sentence)
    {
        var request = new ContainerConfig
        {
            Hostname = what == "hostname" ? "me" : "",
            ExposedPorts = what == "expose" ? new Dictionary<string, EmptyObject> { ["80/tcp"] = new() } : null,
        };
        HostConfig host = Shared with
        {
            Links = what == "links" ? ["a:b"] : null,
            Dns = what == "dns" ? ["1.1.1.1"] : null,
            ExtraHosts = what == "hosts" ? ["a:1.1.1.1"] : null,
            PublishAllPorts = what == "publish",
        };

        EngineException refusal = Assert.Throws<EngineException>(() => NetworkModeValidation.Validate(request, host));

        Assert.Equal((ErrorKind.InvalidParameter, $"conflicting options: {sentence}"), (refusal.Kind, refusal.Message));
    }

    [Theory]
    [InlineData("container")]
    [InlineData("container:")]
    public void A_shared_network_needs_a_container(string mode) => Assert.Equal(
        "Invalid network mode: invalid container format container:<name|id>",
        Assert.Throws<EngineException>(() => NetworkModeValidation.Validate(new ContainerConfig(), new HostConfig { NetworkMode = mode })).Message);

    [Fact]
    public void The_hosts_network_excludes_links() => Assert.Throws<EngineException>(
        () => NetworkModeValidation.Validate(new ContainerConfig(), new HostConfig { NetworkMode = "host", Links = ["a:b"] }));

    [Fact]
    public void The_hosts_name_excludes_ones_own() => Assert.Equal(
        "conflicting options: hostname and the UTS mode",
        Assert.Throws<EngineException>(() => NetworkModeValidation.Validate(new ContainerConfig { Hostname = "me" }, new HostConfig { UTSMode = "host" })).Message);

    [Theory]
    [InlineData("containers")]
    [InlineData("containernet")]
    [InlineData("bridge")]
    public void A_network_may_have_a_name_that_begins_like_a_mode(string mode) =>
        NetworkModeValidation.Validate(new ContainerConfig { Hostname = "me" }, new HostConfig { NetworkMode = mode });

    [Theory]
    [InlineData("", "bridge")]
    [InlineData("default", "bridge")]
    [InlineData("host", "host")]
    [InlineData("mine", "mine")]
    public void Nothing_and_default_mean_the_default_bridge(string given, string kept) => Assert.Equal(kept, NetworkModeValidation.Normalize(given));
}
