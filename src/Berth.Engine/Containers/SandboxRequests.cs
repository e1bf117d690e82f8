using Berth.Engine.Networks;

namespace Berth.Engine.Containers;

/// <summary>What a container asks of the network, read out of its spec.</summary>
internal static class SandboxRequests
{
    public const string Default = "bridge";
    public const string None = "none";
    public const string Host = "host";
    private const string ContainerPrefix = "container:";

    public static SandboxRequest Of(ContainerSpec spec) => new()
    {
        ContainerId = spec.Id,
        ContainerName = spec.Name,
        Hostname = spec.Config.Hostname,
        Domainname = spec.Config.Domainname,
        NetworkMode = spec.Config.NetworkDisabled == true ? None : spec.HostConfig.NetworkMode,
        Endpoints = spec.Networks,
        PortBindings = spec.HostConfig.PortBindings ?? new Dictionary<string, IReadOnlyList<Berth.Api.Containers.PortBinding>?>(),
        ExposedPorts = spec.Config.ExposedPorts?.Keys.ToArray() ?? [],
        PublishAllPorts = spec.HostConfig.PublishAllPorts,
        Dns = spec.HostConfig.Dns ?? [],
        DnsSearch = spec.HostConfig.DnsSearch ?? [],
        DnsOptions = spec.HostConfig.DnsOptions ?? [],
        ExtraHosts = spec.HostConfig.ExtraHosts ?? [],
        Links = spec.HostConfig.Links ?? [],
    };

    /// <summary>The container that <c>container:&lt;name or id&gt;</c> names; null for any other mode.</summary>
    public static string? SharedContainer(string networkMode) =>
        networkMode.StartsWith(ContainerPrefix, StringComparison.Ordinal) ? networkMode[ContainerPrefix.Length..] : null;

    public static bool IsUserDefined(string networkMode) =>
        networkMode is not (Default or None or Host) && SharedContainer(networkMode) is null;
}
