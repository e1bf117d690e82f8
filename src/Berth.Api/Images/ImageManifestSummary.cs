namespace Berth.Api.Images;

public sealed record ImageManifestSummary
{
    public string ID { get; init => field = value ?? ""; } = "";
    public OciDescriptor? Descriptor { get; init; }
    public bool Available { get; init; }
    public ImageManifestSummarySize? Size { get; init; }
    public string Kind { get; init => field = value ?? ""; } = "";
    public ImageManifestSummaryImageData? ImageData { get; init; }
    public ImageManifestSummaryAttestationData? AttestationData { get; init; }
}
