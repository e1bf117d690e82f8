using System.Text.Json.Serialization;
using Berth.Oci;

namespace Berth.Engine.Images;

/// <summary>What the state store knows of an image: enough to find it without reading its blobs.</summary>
internal sealed record ImageRecord
{
    /// <summary>The top descriptor; its digest is the image's ID.</summary>
    public required Descriptor Target { get; init; }

    /// <summary>The platforms that are here, unpacked: one after a pull, perhaps more after a load.</summary>
    public required IReadOnlyList<PlatformRecord> Platforms { get; init; }

    /// <summary>What pushes made of an image whose layers are kept uncompressed: the same config, compressed layers.</summary>
    public IReadOnlyList<PushedRecord> Pushed { get; init; } = [];

    /// <summary>RFC 3339; when it came here.</summary>
    public required string Added { get; init; }

    [JsonIgnore]
    public Digest Id => Target.Digest;
}

internal sealed record PlatformRecord
{
    public required Descriptor Manifest { get; init; }
    public required Digest ConfigDigest { get; init; }
    public required Platform Platform { get; init; }
}

/// <param name="Source">The manifest here that was pushed.</param>
/// <param name="Manifest">The manifest that the registry got.</param>
internal sealed record PushedRecord(Digest Source, Descriptor Manifest);

/// <summary>A name, such as <c>docker.io/library/postgres:15-alpine</c> or <c>…@sha256:…</c>.</summary>
internal sealed record ImageNameRecord
{
    public required Digest Image { get; init; }

    /// <summary>RFC 3339; when the name was last given.</summary>
    public required string Tagged { get; init; }
}

/// <summary>How images stand in the state store. Fields are only ever added.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ImageRecord))]
[JsonSerializable(typeof(ImageNameRecord))]
internal sealed partial class ImageJson : JsonSerializerContext;
