using Berth.Api.Containers;
using Berth.Api.Networks;

namespace Berth.Engine.Networks;

/// <summary>What the network has to know of a container that is about to start.</summary>
internal sealed record SandboxRequest
{
    public required string ContainerId { get; init; }
    public required string ContainerName { get; init; }
    public required string Hostname { get; init; }
    public string Domainname { get; init; } = "";

    /// <summary><c>bridge</c>, <c>none</c>, <c>host</c> or the name of a network. <c>container:ID</c> never comes here: the caller uses that container's sandbox.</summary>
    public required string NetworkMode { get; init; }

    public required IReadOnlyDictionary<string, EndpointSettings> Endpoints { get; init; }
    public IReadOnlyDictionary<string, IReadOnlyList<PortBinding>?> PortBindings { get; init; } = new Dictionary<string, IReadOnlyList<PortBinding>?>();
    public IReadOnlyCollection<string> ExposedPorts { get; init; } = [];
    public bool PublishAllPorts { get; init; }
    public IReadOnlyList<string> Dns { get; init; } = [];
    public IReadOnlyList<string> DnsSearch { get; init; } = [];
    public IReadOnlyList<string> DnsOptions { get; init; } = [];

    /// <summary><c>name:address</c>, where the address may be <c>host-gateway</c>.</summary>
    public IReadOnlyList<string> ExtraHosts { get; init; } = [];

    /// <summary>Written into the container's hosts, hostname and resolv.conf files; the paths are the engine's (<see cref="EnginePaths"/>).</summary>
    public IReadOnlyList<string> Links { get; init; } = [];
}
