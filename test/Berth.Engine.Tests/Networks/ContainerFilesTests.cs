using Berth.Api.Networks;
using Berth.Engine.Networks;
using Berth.TestHost;

namespace Berth.Engine.Tests.Networks;

/// <summary>Expected content: what dockerd 20.10 and 28 write for the same request.</summary>
public sealed class ContainerFilesTests
{
    private const string Localhost =
        "127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\nfe00::\tip6-localnet\nff00::\tip6-mcastprefix\nff02::1\tip6-allnodes\nff02::2\tip6-allrouters\n";

    [LinuxFact(Needs.Network)]
    public async Task Hosts_names_the_container_and_the_hosts_that_were_added()
    {
        using TestNetwork network = await new TestNetwork().RestoredAsync();
        SandboxRequest request = network.Request("web") with { Hostname = "h1", Domainname = "d.example", ExtraHosts = ["a:1.2.3.4", "gw:host-gateway", "six:[fd00::1]"] };

        await network.Service.CreateSandboxAsync(request, CancellationToken.None);

        Assert.Equal(Localhost + "1.2.3.4\ta\n172.17.0.1\tgw\nfd00::1\tsix\n172.17.0.2\th1.d.example h1\n", Hosts(network, request));
        Assert.Equal("h1\n", File.ReadAllText(network.Paths.HostnameFile(request.ContainerId)));
    }

    [LinuxFact(Needs.Network)]
    public async Task The_operator_decides_what_the_hosts_gateway_is()
    {
        using TestNetwork network = await new TestNetwork(o => o with { HostGatewayAddresses = ["10.0.0.1", "fd00::1"] }).RestoredAsync();
        SandboxRequest request = network.Request("web") with { ExtraHosts = ["gw:host-gateway"] };

        await network.Service.CreateSandboxAsync(request, CancellationToken.None);

        Assert.Equal(Localhost + $"10.0.0.1\tgw\nfd00::1\tgw\n172.17.0.2\t{request.Hostname}\n", Hosts(network, request));
    }

    [LinuxFact(Needs.Network)]
    public async Task Hosts_names_linked_containers_of_the_default_bridge()
    {
        using TestNetwork network = await new TestNetwork().RestoredAsync();
        Sandbox db = await network.RunAsync("db");
        SandboxRequest request = network.Request("web") with { Links = ["db:database"] };

        await network.Service.CreateSandboxAsync(request, CancellationToken.None);

        Assert.Equal(Localhost + $"172.17.0.2\tdatabase {db.ContainerId[..12]} db\n172.17.0.3\t{request.Hostname}\n", Hosts(network, request));
        EngineException e = await Assert.ThrowsAsync<EngineException>(() =>
            network.Service.CreateSandboxAsync(network.Request("api") with { Links = ["gone:x"] }, CancellationToken.None));
        Assert.Equal("Cannot link to a non running container: /gone AS x", e.Message);
    }

    [LinuxFact(Needs.Network)]
    public async Task Joining_adds_a_line_and_leaving_takes_it_away_around_what_the_container_wrote()
    {
        using TestNetwork network = await new TestNetwork().RestoredAsync();
        await network.Service.CreateAsync(new NetworkCreateRequest { Name = "front" }, CancellationToken.None);
        Sandbox web = await network.RunAsync("web");
        string path = network.Paths.HostsFile(web.ContainerId);
        File.AppendAllText(path, "9.9.9.9\tmine\n");

        Sandbox joined = await network.Service.ConnectAsync(web, "front", new EndpointSettings(), CancellationToken.None);
        string both = File.ReadAllText(path);
        await network.Service.DisconnectAsync(joined, "bridge", CancellationToken.None);

        string hostname = web.Request.Hostname;
        Assert.Equal(Localhost + $"172.17.0.2\t{hostname}\n9.9.9.9\tmine\n172.18.0.2\t{hostname}\n", both);
        Assert.Equal(Localhost + $"9.9.9.9\tmine\n172.18.0.2\t{hostname}\n", File.ReadAllText(path));
    }

    [LinuxFact(Needs.Network)]
    public async Task With_the_hosts_network_the_files_are_the_hosts()
    {
        using TestNetwork network = await new TestNetwork().RestoredAsync();
        SandboxRequest plain = network.Request("a", "host");
        SandboxRequest added = network.Request("b", "host") with { ExtraHosts = ["a:1.2.3.4"], Dns = ["9.9.9.9"] };

        await network.Service.CreateSandboxAsync(plain, CancellationToken.None);
        await network.Service.CreateSandboxAsync(added, CancellationToken.None);

        Assert.Equal(File.ReadAllText("/etc/hosts"), Hosts(network, plain));
        Assert.Equal(File.ReadAllText("/etc/resolv.conf"), Resolv(network, plain));
        Assert.Equal(Localhost + "1.2.3.4\ta\n", Hosts(network, added));
        Assert.Contains("nameserver 9.9.9.9\n", Resolv(network, added), StringComparison.Ordinal);
    }

    [LinuxFact(Needs.Network)]
    public async Task The_resolver_is_what_was_asked_for_or_the_embedded_one()
    {
        using TestNetwork network = await new TestNetwork().RestoredAsync();
        await network.Service.CreateAsync(new NetworkCreateRequest { Name = "front" }, CancellationToken.None);

        Assert.Equal("search foo.example\nnameserver 9.9.9.9\noptions ndots:3\n", await Run("bridge", ["9.9.9.9"], ["foo.example"], ["ndots:3"]));
        Assert.Equal("nameserver 9.9.9.9\n", await Run("none", ["9.9.9.9"], ["."], []));
        Assert.Equal("search foo.example\nnameserver 127.0.0.11\noptions ndots:3 rotate\n", await Run("front", ["9.9.9.9"], ["foo.example"], ["ndots:3", "rotate"]));
        Assert.Equal("search foo.example\nnameserver 127.0.0.11\noptions rotate ndots:0\n", await Run("front", [], ["foo.example"], ["rotate"]));

        async Task<string> Run(string to, string[] dns, string[] search, string[] options)
        {
            SandboxRequest request = network.Request("c", to) with { Dns = dns, DnsSearch = search, DnsOptions = options };
            await network.Service.CreateSandboxAsync(request, CancellationToken.None);
            return Resolv(network, request);
        }
    }

    [LinuxFact(Needs.Network)]
    public async Task The_daemons_own_resolver_settings_apply_where_the_container_has_none()
    {
        using TestNetwork network = await new TestNetwork(o => o with { Dns = ["10.0.0.53"], DnsSearch = ["corp.example"], DnsOptions = ["timeout:1"] }).RestoredAsync();
        SandboxRequest request = network.Request("c") with { DnsSearch = ["own.example"] };

        await network.Service.CreateSandboxAsync(request, CancellationToken.None);

        Assert.Equal("search own.example\nnameserver 10.0.0.53\noptions timeout:1\n", Resolv(network, request));
    }

    [Theory]
    [InlineData("nameserver 1.1.1.1\nsearch a b\nsearch c\noptions ndots:2\noptions rotate\n", "search c\nnameserver 1.1.1.1\noptions ndots:2 rotate\n")]
    [InlineData("# comment\n\n  nameserver\t1.1.1.1  \ndomain d\nsortlist x\n", "search d\nnameserver 1.1.1.1\n")]
    [InlineData("", "")]
    public void A_resolv_conf_is_read_as_the_C_library_reads_it(string text, string expected) => Assert.Equal(expected, ResolvConf.Parse(text).ToString());

    [LinuxTheory(Needs.Network)]
    [InlineData("a")]
    [InlineData(":1.2.3.4")]
    [InlineData("a:1.2.3")]
    public async Task Hosts_to_be_added_that_make_no_sense_are_refused_and_nothing_is_left(string host)
    {
        using TestNetwork network = await new TestNetwork().RestoredAsync();
        SandboxRequest request = network.Request("web", "bridge", ("80/tcp", "8080")) with { ExtraHosts = [host] };

        EngineException e = await Assert.ThrowsAsync<EngineException>(() => network.Service.CreateSandboxAsync(request, CancellationToken.None));

        Assert.Equal((ErrorKind.InvalidParameter, $"bad format for add-host: \"{host}\""), (e.Kind, e.Message));
        network.Service.Settle();
        Assert.False(File.Exists(network.Paths.NetworkNamespace(request.ContainerId)));
        Assert.Empty(network.Service.Inspect("bridge", null).Containers!);
    }

    private static string Hosts(TestNetwork network, SandboxRequest request) => File.ReadAllText(network.Paths.HostsFile(request.ContainerId));

    private static string Resolv(TestNetwork network, SandboxRequest request) => File.ReadAllText(network.Paths.ResolvConfFile(request.ContainerId));
}
