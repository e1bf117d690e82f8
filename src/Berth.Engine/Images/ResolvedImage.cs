using Berth.Oci;

namespace Berth.Engine.Images;

/// <summary>An image as a container sees it: one platform's manifest, chosen and read.</summary>
internal sealed record ResolvedImage
{
    /// <summary>Digest of the top descriptor: the image's ID.</summary>
    public required Digest Id { get; init; }

    public required Descriptor Manifest { get; init; }
    public required Digest ConfigDigest { get; init; }
    public required ImageConfig Config { get; init; }

    /// <summary>Chain IDs of the layers, lowest first.</summary>
    public required IReadOnlyList<Digest> ChainIds { get; init; }

    public Digest? TopChainId => ChainIds.Count == 0 ? null : ChainIds[^1];
}
