namespace Berth.Api.Containers;

/// <summary>Body of <c>POST /containers/create</c>: a <see cref="ContainerConfig"/> with the host's and the networks' part beside it.</summary>
public sealed record ContainerCreateRequest : ContainerConfig
{
    public HostConfig? HostConfig { get; init; }
    public NetworkingConfig? NetworkingConfig { get; init; }
}
