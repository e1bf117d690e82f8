using Berth.Api.Containers;
using Berth.Api.Networks;

namespace Berth.Engine.Networks;

/// <summary>A container's place in the network while it runs. Kept with the container's state, so that a new daemon can take it up again.</summary>
internal sealed record Sandbox
{
    public required string ContainerId { get; init; }

    /// <summary>Path of the pinned network namespace; null with the host's network.</summary>
    public string? NamespacePath { get; init; }

    /// <summary>The networks joined, with addresses, MAC, gateway and endpoint id filled in.</summary>
    public IReadOnlyDictionary<string, EndpointSettings> Endpoints { get; init; } = new Dictionary<string, EndpointSettings>();

    /// <summary>Exposed ports and what they are published as, the way <c>NetworkSettings.Ports</c> shows them.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<PortBinding>?> Ports { get; init; } = new Dictionary<string, IReadOnlyList<PortBinding>?>();

    /// <summary>What it was made from: needed to publish and to answer DNS again after a daemon restart.</summary>
    public required SandboxRequest Request { get; init; }
}
