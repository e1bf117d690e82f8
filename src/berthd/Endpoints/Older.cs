using Berth.Api;
using Berth.Api.Containers;
using Berth.Api.Daemon;
using Berth.Api.Events;
using Berth.Api.Images;
using Berth.Api.Networks;

namespace Berth.Daemon.Endpoints;

/// <summary>Answers as a client of an older API version knows them: what came later is left out, what has gone since is put back.</summary>
/// <remarks>moby: api/docs/CHANGELOG.md, and the routers below daemon/server/router.</remarks>
internal static class Older
{
    /// <summary>Since then a list of networks says nothing of their containers.</summary>
    public static ApiVersion NetworkSummarySince { get; } = new(1, 52);

    public static IReadOnlyList<ContainerSummary> Summaries(IReadOnlyList<ContainerSummary> list, ApiVersion version) =>
        version >= V(52) ? list : [.. list.Select(container => container with
        {
            HostConfig = version < V(46) && container.HostConfig is { } hostConfig ? hostConfig with { Annotations = null } : container.HostConfig,
            ImageManifestDescriptor = version < V(48) ? null : container.ImageManifestDescriptor,
            Health = null,
        })];

    public static ContainerInspect Inspect(ContainerInspect container, ApiVersion version)
    {
        if (version >= V(52))
        {
            return container;
        }

        return container with
        {
            ImageManifestDescriptor = version < V(48) ? null : container.ImageManifestDescriptor,
            GraphDriver = container.GraphDriver ?? (container.Storage?.RootFS?.Snapshot is { } snapshot ? new DriverData { Name = snapshot.Name } : null),
            Storage = null,
            NetworkSettings = container.NetworkSettings is { } settings ? WithBridge(WithAliases(settings, container, version)) : null,
        };
    }

    public static IReadOnlyList<ImageSummary> Summaries(IReadOnlyList<ImageSummary> list, ApiVersion version) =>
        version >= V(51) ? list : [.. list.Select(image => Summary(image, version))];

    public static ImageInspect Inspect(ImageInspect image, ApiVersion version) =>
        version >= V(52) ? image : image with
        {
            VirtualSize = version < V(44) ? image.Size : null,
            Created = version < V(44) ? image.Created ?? "0001-01-01T00:00:00Z" : image.Created,
            Container = version < V(45) ? "" : null,
            ContainerConfig = version < V(45) ? new ContainerConfig() : null,
            Descriptor = version < V(48) ? null : image.Descriptor,
            Parent = image.Parent ?? "",
            Comment = image.Comment ?? "",
            DockerVersion = image.DockerVersion ?? "",
            Author = image.Author ?? "",
        };

    /// <summary>A list in the form it had before <see cref="NetworkSummarySince"/>: complete before 1.28, else with empty places for the containers.</summary>
    public static IReadOnlyList<NetworkInspect> Listed(IReadOnlyList<NetworkInspect> list, ApiVersion version) =>
        [.. list.Select(network => Inspect(version < V(28) ? network : network with { Containers = Nobody }, version))];

    public static NetworkInspect Inspect(NetworkInspect network, ApiVersion version) =>
        version >= V(52) ? network : network with { Status = null };

    public static IReadOnlyList<NetworkSummary> Summaries(IReadOnlyList<NetworkInspect> list) => [.. list.Select(network => new NetworkSummary
    {
        Name = network.Name,
        Id = network.Id,
        Created = network.Created,
        Scope = network.Scope,
        Driver = network.Driver,
        EnableIPv4 = network.EnableIPv4,
        EnableIPv6 = network.EnableIPv6,
        IPAM = network.IPAM,
        Internal = network.Internal,
        Attachable = network.Attachable,
        Ingress = network.Ingress,
        ConfigFrom = network.ConfigFrom,
        ConfigOnly = network.ConfigOnly,
        Options = network.Options,
        Labels = network.Labels,
        Peers = network.Peers,
    })];

    public static SystemInfo Info(SystemInfo info, ApiVersion version)
    {
        if (version >= V(50))
        {
            return info;
        }

        static CommitInfo? Expected(CommitInfo? commit) => commit is null ? null : commit with { Expected = commit.ID };

        return info with
        {
            Runtimes = version < V(44)
                ? info.Runtimes?.ToDictionary(r => r.Key, r => r.Value is { } runtime ? runtime with { Status = null } : null)
                : info.Runtimes,
            Containerd = version < V(46) ? null : info.Containerd,
            FirewallBackend = version < V(49) ? null : info.FirewallBackend,
            ContainerdCommit = version < V(49) ? Expected(info.ContainerdCommit) : info.ContainerdCommit,
            RuncCommit = version < V(49) ? Expected(info.RuncCommit) : info.RuncCommit,
            InitCommit = version < V(49) ? Expected(info.InitCommit) : info.InitCommit,
            DiscoveredDevices = null,
            BridgeNfIptables = false,
            BridgeNfIp6tables = false,
        };
    }

    /// <summary>Clients before 1.52 read the fields that were there before there were actors.</summary>
    public static EventMessage Event(EventMessage message, ApiVersion version)
    {
        if (version >= V(52) || message.Type is not ("container" or "image"))
        {
            return message;
        }

        string? image = message.Actor?.Attributes?.GetValueOrDefault("image");
        return message with { Status = message.Action, Id = message.Actor?.ID, From = message.Type == "container" ? image ?? "" : null };
    }

    private static IReadOnlyDictionary<string, EndpointResource?> Nobody { get; } = new Dictionary<string, EndpointResource?>();

    private static ApiVersion V(int minor) => new(1, minor);

    private static ImageSummary Summary(ImageSummary image, ApiVersion version)
    {
        bool nameless = version < V(43) && image is { RepoTags: null or { Count: 0 }, RepoDigests: null or { Count: 0 } };
        return image with
        {
            RepoTags = nameless ? ["<none>:<none>"] : image.RepoTags ?? [],
            RepoDigests = nameless ? ["<none>@<none>"] : image.RepoDigests ?? [],
            VirtualSize = version < V(44) ? image.Size : null,
            Descriptor = version < V(48) ? null : image.Descriptor,
            Containers = -1,
        };
    }

    // Before 1.45 the short id and the host name stood among the aliases.
    private static NetworkSettings WithAliases(NetworkSettings settings, ContainerInspect container, ApiVersion version)
    {
        if (version >= V(45) || settings.Networks is null)
        {
            return settings;
        }

        string[] own = [container.Id[..Math.Min(12, container.Id.Length)], container.Config?.Hostname ?? ""];
        return settings with
        {
            Networks = settings.Networks.ToDictionary(
                network => network.Key,
                network => network.Value is { } endpoint && network.Key is not ("bridge" or "host" or "none" or "default")
                    ? endpoint with { Aliases = [.. (endpoint.Aliases ?? []).Concat(own).Where(alias => alias.Length > 0).Distinct()] }
                    : network.Value),
        };
    }

    private static NetworkSettings WithBridge(NetworkSettings settings)
    {
        EndpointSettings bridge = settings.Networks?.GetValueOrDefault("bridge") ?? new EndpointSettings();
        return settings with
        {
            Bridge = "",
            HairpinMode = false,
            LinkLocalIPv6Address = "",
            LinkLocalIPv6PrefixLen = 0,
            EndpointID = bridge.EndpointID,
            Gateway = bridge.Gateway,
            GlobalIPv6Address = bridge.GlobalIPv6Address,
            GlobalIPv6PrefixLen = bridge.GlobalIPv6PrefixLen,
            IPAddress = bridge.IPAddress,
            IPPrefixLen = bridge.IPPrefixLen,
            IPv6Gateway = bridge.IPv6Gateway,
            MacAddress = bridge.MacAddress,
        };
    }
}
