using Berth.Api.Containers;
using Berth.Api.Images;
using Berth.Api.Networks;

namespace Berth.Engine.Containers;

/// <summary>What was asked for, complete: defaults filled in, the image's config merged, mounts resolved. Changes only by rename, connect and disconnect.</summary>
internal sealed record ContainerSpec
{
    public required string Id { get; init; }

    /// <summary>Without Docker's leading slash.</summary>
    public required string Name { get; init; }

    public required DateTimeOffset Created { get; init; }

    /// <summary>Image ID, <c>sha256:…</c>; empty for a container from nothing.</summary>
    public string ImageId { get; init; } = "";

    /// <summary>The manifest that was chosen for this platform; null for a container from nothing.</summary>
    public OciDescriptor? ImageManifest { get; init; }

    /// <summary>Chain ID of the image's top layer; null for an image without layers.</summary>
    public string? TopChainId { get; init; }

    public required string Path { get; init; }
    public IReadOnlyList<string> Arguments { get; init; } = [];
    public required ContainerConfig Config { get; init; }
    public required HostConfig HostConfig { get; init; }

    /// <summary>Networks by name, as the container joins them at start, with what was asked of each.</summary>
    public IReadOnlyDictionary<string, EndpointSettings> Networks { get; init; } = new Dictionary<string, EndpointSettings>();

    public IReadOnlyList<ContainerMount> Mounts { get; init; } = [];

    /// <summary>Name of the runtime that the container was created for.</summary>
    public string Runtime { get; init; } = "";
}
