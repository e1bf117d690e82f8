using Berth.Api.Networks;

namespace Berth.Engine.Networks;

/// <summary>A container's place in one network while it runs.</summary>
internal sealed record Endpoint
{
    /// <summary>64 hexadecimal digits.</summary>
    public required string Id { get; init; }

    public required string ContainerId { get; init; }
    public required string ContainerName { get; init; }

    /// <summary>0 in networks without addresses.</summary>
    public uint Address { get; init; }

    /// <summary>Such as <c>02:42:ac:11:00:02</c>; empty in networks without addresses.</summary>
    public string Mac { get; init; } = "";

    /// <summary>What the container is called in this network; empty where names are not resolved.</summary>
    public IReadOnlyList<string> DnsNames { get; init; } = [];

    /// <summary>What was asked for.</summary>
    public required EndpointSettings Settings { get; init; }

    /// <summary>Our end of the cable.</summary>
    public string HostInterface => HostInterfaceOf(Id);

    public static string HostInterfaceOf(string endpointId) => "veth" + endpointId[..11];
}
