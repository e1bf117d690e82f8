using Berth.Api.Images;
using Berth.Oci;

namespace Berth.Engine.Images;

/// <summary>OCI's records as the Engine API shows them.</summary>
internal static class Descriptors
{
    public static OciDescriptor ToApi(Descriptor descriptor) => new()
    {
        MediaType = descriptor.MediaType,
        Digest = descriptor.Digest.ToString(),
        Size = descriptor.Size,
        Urls = descriptor.Urls,
        Annotations = descriptor.Annotations,
        Platform = descriptor.Platform is { } platform ? ToApi(platform) : null,
        ArtifactType = descriptor.ArtifactType,
    };

    public static OciPlatform ToApi(Platform platform) => new()
    {
        Architecture = platform.Architecture,
        Os = platform.Os,
        OsVersion = platform.OsVersion,
        OsFeatures = platform.OsFeatures,
        Variant = platform.Variant,
    };
}
