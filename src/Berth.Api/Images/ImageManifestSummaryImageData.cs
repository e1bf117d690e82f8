namespace Berth.Api.Images;

public sealed record ImageManifestSummaryImageData
{
    public OciPlatform? Platform { get; init; }
    public IReadOnlyList<string>? Containers { get; init; }
    public ImageManifestSummaryImageDataSize? Size { get; init; }
}
