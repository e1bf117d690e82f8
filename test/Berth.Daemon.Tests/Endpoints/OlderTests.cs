using Berth.Api;
using Berth.Api.Containers;
using Berth.Api.Events;
using Berth.Api.Images;
using Berth.Api.Networks;
using Berth.Daemon.Endpoints;
using Berth.Engine;

namespace Berth.Daemon.Tests.Endpoints;

public sealed class OlderTests
{
    [Fact]
    public void Health_came_to_lists_of_containers_with_1_52()
    {
        IReadOnlyList<ContainerSummary> list = [new() { Id = "a", Health = new ContainerSummaryHealth { Status = "healthy" } }];

        Assert.Null(Older.Summaries(list, V(51))[0].Health);
        Assert.NotNull(Older.Summaries(list, V(52))[0].Health);
    }

    [Fact]
    public void Annotations_came_to_lists_of_containers_with_1_46()
    {
        IReadOnlyList<ContainerSummary> list =
            [new() { HostConfig = new ContainerSummaryHostConfig { NetworkMode = "bridge", Annotations = new Dictionary<string, string>() } }];

        Assert.Null(Older.Summaries(list, V(45))[0].HostConfig?.Annotations);
        Assert.NotNull(Older.Summaries(list, V(46))[0].HostConfig?.Annotations);
    }

    [Fact]
    public void The_default_bridges_addresses_stood_at_the_top_until_1_52()
    {
        var container = new ContainerInspect
        {
            NetworkSettings = new NetworkSettings
            {
                Networks = new Dictionary<string, EndpointSettings?> { ["bridge"] = new() { IPAddress = "172.17.0.2", IPPrefixLen = 16 } },
            },
        };

        Assert.Equal(("172.17.0.2", 16), (Older.Inspect(container, V(51)).NetworkSettings!.IPAddress, Older.Inspect(container, V(51)).NetworkSettings!.IPPrefixLen));
        Assert.Null(Older.Inspect(container, V(52)).NetworkSettings!.IPAddress);
    }

    [Fact]
    public void Short_id_and_host_name_were_aliases_until_1_45()
    {
        var container = new ContainerInspect
        {
            Id = new string('a', 64),
            Config = new ContainerConfig { Hostname = "host" },
            NetworkSettings = new NetworkSettings
            {
                Networks = new Dictionary<string, EndpointSettings?> { ["mine"] = new() { Aliases = ["web", "host"] }, ["bridge"] = new() },
            },
        };

        Assert.Equal(["web", "host", "aaaaaaaaaaaa"], Older.Inspect(container, V(44)).NetworkSettings!.Networks!["mine"]!.Aliases);
        Assert.Null(Older.Inspect(container, V(44)).NetworkSettings!.Networks!["bridge"]!.Aliases);
        Assert.Equal(["web", "host"], Older.Inspect(container, V(45)).NetworkSettings!.Networks!["mine"]!.Aliases);
    }

    [Fact]
    public void An_image_without_a_name_was_called_none_until_1_43()
    {
        IReadOnlyList<ImageSummary> list = [new() { Id = "sha256:a", Size = 7, Containers = 2 }];

        ImageSummary oldest = Older.Summaries(list, V(42))[0];
        Assert.Equal(["<none>:<none>"], oldest.RepoTags);
        Assert.Equal(["<none>@<none>"], oldest.RepoDigests);
        Assert.Equal(7, oldest.VirtualSize);
        Assert.Empty(Older.Summaries(list, V(43))[0].RepoTags!);
        Assert.Null(Older.Summaries(list, V(44))[0].VirtualSize);
        Assert.Equal(-1, Older.Summaries(list, V(50))[0].Containers);
        Assert.Equal(2, Older.Summaries(list, V(51))[0].Containers);
    }

    [Fact]
    public void Events_had_status_id_and_from_until_1_52()
    {
        var message = new EventMessage
        {
            Type = "container",
            Action = "die",
            Actor = new EventActor { ID = "abc", Attributes = new Dictionary<string, string> { ["image"] = "busybox" } },
        };

        Assert.Equal(("die", "abc", "busybox"), (Older.Event(message, V(51)).Status, Older.Event(message, V(51)).Id, Older.Event(message, V(51)).From));
        Assert.Same(message, Older.Event(message, V(52)));
        Assert.Null(Older.Event(message with { Type = "image" }, V(51)).From);
        Assert.Null(Older.Event(message with { Type = "network" }, V(51)).Status);
    }

    [Fact]
    public void The_default_network_is_called_bridge()
    {
        ContainerCreateRequest request = Translate(new ContainerCreateRequest
        {
            HostConfig = new HostConfig { NetworkMode = "default" },
            NetworkingConfig = new NetworkingConfig { EndpointsConfig = new Dictionary<string, EndpointSettings?> { ["default"] = new() { MacAddress = "02:42:ac:11:00:09" } } },
        }, V(56));

        Assert.Equal("bridge", request.HostConfig!.NetworkMode);
        Assert.Equal("02:42:ac:11:00:09", request.NetworkingConfig!.EndpointsConfig!["bridge"]!.MacAddress);
    }

    [Fact]
    public void Before_1_44_a_containers_address_was_its_own()
    {
        var asked = new ContainerCreateRequest { MacAddress = "02:42:ac:11:00:09", HostConfig = new HostConfig { NetworkMode = "mine" } };

        ContainerCreateRequest older = OlderCreate.Translate(asked, V(43), out IReadOnlyList<string> silent);
        ContainerCreateRequest newer = OlderCreate.Translate(asked, V(44), out IReadOnlyList<string> warnings);

        Assert.Equal("02:42:ac:11:00:09", older.NetworkingConfig!.EndpointsConfig!["mine"]!.MacAddress);
        Assert.Equal("02:42:ac:11:00:09", newer.NetworkingConfig!.EndpointsConfig!["mine"]!.MacAddress);
        Assert.Empty(silent);
        Assert.Equal("The container-wide MacAddress field is now deprecated. It should be specified in EndpointsConfig instead.", Assert.Single(warnings));
    }

    [Fact]
    public void Before_1_44_a_container_had_one_network_at_most()
    {
        var asked = new ContainerCreateRequest
        {
            NetworkingConfig = new NetworkingConfig { EndpointsConfig = new Dictionary<string, EndpointSettings?> { ["a"] = null, ["b"] = new() } },
        };

        Assert.Equal("Container cannot be created with multiple network endpoints: a, b", Assert.Throws<EngineException>(() => Translate(asked, V(43))).Message);
        Assert.Equal(2, Translate(asked, V(44)).NetworkingConfig!.EndpointsConfig!.Count);
    }

    [Theory]
    [InlineData(51, 1, 0)]
    [InlineData(52, 1, 1)]
    [InlineData(53, 0, 0)]
    public void An_empty_list_of_bindings_was_any_port_until_1_53(int minor, int ports, int warnings)
    {
        var asked = new ContainerCreateRequest
        {
            HostConfig = new HostConfig { PortBindings = new Dictionary<string, IReadOnlyList<PortBinding>?> { ["80/tcp"] = [] } },
        };

        ContainerCreateRequest request = OlderCreate.Translate(asked, V(minor), out IReadOnlyList<string> said);

        Assert.Equal(ports, request.HostConfig!.PortBindings!.Count);
        Assert.Equal(warnings, said.Count);
        Assert.All(request.HostConfig.PortBindings.Values, bindings => Assert.Equal(new PortBinding(), Assert.Single(bindings!)));
    }

    [Fact]
    public void Options_of_another_kind_of_mount_are_refused_since_1_42()
    {
        var asked = new ContainerCreateRequest
        {
            HostConfig = new HostConfig { Mounts = [new Mount { Type = "bind", Source = "/a", Target = "/b", TmpfsOptions = new MountTmpfsOptions() }] },
        };

        Assert.Equal("TmpfsOptions must not be specified on mount type \"bind\"", Assert.Throws<EngineException>(() => Translate(asked, V(42))).Message);
        Assert.Null(Translate(asked, V(41)).HostConfig!.Mounts![0].TmpfsOptions);
    }

    [Fact]
    public void A_limit_of_no_processes_is_no_limit() =>
        Assert.Null(Translate(new ContainerCreateRequest { HostConfig = new HostConfig { PidsLimit = -1 } }, V(56)).HostConfig!.PidsLimit);

    [Fact]
    public void Containers_of_clients_before_1_25_are_removed_by_them() =>
        Assert.False(Translate(new ContainerCreateRequest { HostConfig = new HostConfig { AutoRemove = true } }, V(24)).HostConfig!.AutoRemove);

    private static ContainerCreateRequest Translate(ContainerCreateRequest asked, ApiVersion version) => OlderCreate.Translate(asked, version, out _);

    private static ApiVersion V(int minor) => new(1, minor);
}
