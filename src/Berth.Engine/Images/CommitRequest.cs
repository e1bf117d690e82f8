using Berth.Api.Containers;
using Berth.Oci;

namespace Berth.Engine.Images;

internal sealed record CommitRequest
{
    public required string ContainerId { get; init; }

    /// <summary>The image that the container was made from; null for a container from nothing.</summary>
    public Digest? ParentImageId { get; init; }

    /// <summary>The new image's config, changes applied.</summary>
    public required ContainerConfig Config { get; init; }

    public string? Repository { get; init; }
    public string? Tag { get; init; }
    public string? Author { get; init; }
    public string? Comment { get; init; }

    /// <summary>What the history says made the layer: the container's command.</summary>
    public required string CreatedBy { get; init; }
}
