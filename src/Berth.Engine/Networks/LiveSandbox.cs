namespace Berth.Engine.Networks;

/// <summary>What the daemon holds for a sandbox while its container runs.</summary>
internal sealed class LiveSandbox(SandboxRequest request, string? namespacePath)
{
    public string ContainerId => Request.ContainerId;
    public SandboxRequest Request { get; set; } = request;

    /// <summary>Null with the host's network.</summary>
    public string? NamespacePath { get; } = namespacePath;

    public List<(Network Network, Endpoint Endpoint)> Attachments { get; } = [];

    /// <summary>What <c>NetworkSettings.Ports</c> says of the published ports.</summary>
    public List<(PortRequest Request, ushort HostPort)> Ports { get; } = [];

    public List<PortReservations.Reservation> Reservations { get; } = [];

    /// <summary>What the firewall was told.</summary>
    public List<PublishedPort> Published { get; } = [];

    public DnsServer? Dns { get; set; }

    /// <summary>
    /// Where the default route leads and ports are published: the highest priority, then the first name, of the networks that lead outside.
    /// moby 28: libnetwork/sandbox.go, getGatewayEndpoint, and docs, "gw-priority".
    /// </summary>
    public (Network Network, Endpoint Endpoint)? Gateway => Attachments
        .Where(a => a.Network is { Driver: "bridge", IsInternal: false })
        .OrderByDescending(a => a.Endpoint.Settings.GwPriority).ThenBy(a => a.Network.Name, StringComparer.Ordinal)
        .Select(a => ((Network, Endpoint)?)a).FirstOrDefault();

    public bool ResolvesNames => Attachments.Any(a => a.Network.ResolvesNames);
}
