namespace Berth.Api.Images;

public sealed record DistributionInspect
{
    public OciDescriptor? Descriptor { get; init; }
    public IReadOnlyList<OciPlatform>? Platforms { get; init; }
}
