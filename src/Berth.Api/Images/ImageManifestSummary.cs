namespace Berth.Api.Images;

public sealed record ImageManifestSummary
{
    public string ID { get; init; } = "";
    public OciDescriptor? Descriptor { get; init; }
    public bool Available { get; init; }
    public ImageManifestSummarySize? Size { get; init; }
    public string Kind { get; init; } = "";
    public ImageManifestSummaryImageData? ImageData { get; init; }
    public ImageManifestSummaryAttestationData? AttestationData { get; init; }
}
