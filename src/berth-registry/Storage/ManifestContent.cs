using System.Text.Json;
using Berth.Oci;

namespace Berth.Registry.Storage;

/// <summary>What a manifest says about itself and others, as far as a registry must know. Source: OCI image-spec, manifest.md and image-index.md.</summary>
internal sealed record ManifestContent
{
    public required string MediaType { get; init; }

    /// <summary>The config and layers that the repository must have.</summary>
    public IReadOnlyList<Digest> Blobs { get; init; } = [];

    /// <summary>Blobs that are kept where they are there, but may be missing: foreign layers.</summary>
    public IReadOnlyList<Digest> OptionalBlobs { get; init; } = [];

    public IReadOnlyList<Digest> Manifests { get; init; } = [];

    public Digest? Subject { get; init; }

    public string? ArtifactType { get; init; }

    public IReadOnlyDictionary<string, string>? Annotations { get; init; }

    /// <param name="contentType">The Content-Type of the push, without parameters; null where there was none.</param>
    /// <exception cref="RegistryFailure">MANIFEST_INVALID.</exception>
    public static ManifestContent Parse(ReadOnlySpan<byte> content, string? contentType)
    {
        try
        {
            Shape shape = Shape.Of(content);
            string mediaType = contentType ?? shape.MediaType ?? throw Invalid("no media type");
            if (shape.MediaType is { } field && field != mediaType)
            {
                throw Invalid($"pushed as {mediaType}, but calls itself {field}");
            }

            if (MediaTypes.IsIndex(mediaType))
            {
                return shape.IsImage ? throw Invalid("an index with the fields of an image") : OfIndex(content, mediaType);
            }

            return !MediaTypes.IsManifest(mediaType) ? throw Invalid($"unknown media type {mediaType}")
                : shape.IsIndex ? throw Invalid("an image with the fields of an index")
                : OfImage(content, mediaType);
        }
        catch (JsonException e)
        {
            throw Invalid(e.Message);
        }
    }

    /// <summary>How the manifest is described to whoever asks for the referrers of its subject.</summary>
    public Descriptor Describe(StoredManifest manifest) => new()
    {
        MediaType = manifest.MediaType,
        Digest = manifest.Digest,
        Size = manifest.Content.Length,
        ArtifactType = ArtifactType,
        Annotations = Annotations,
    };

    private static ManifestContent OfImage(ReadOnlySpan<byte> content, string mediaType)
    {
        ImageManifest image = JsonSerializer.Deserialize(content, OciJson.Default.ImageManifest) ?? throw Invalid("null");
        if (image.SchemaVersion != 2 || image.Config is not { } config)
        {
            throw Invalid(image.SchemaVersion != 2 ? "schemaVersion is not 2" : "no config");
        }

        ILookup<bool, Digest> layers = Checked(image.Layers).ToLookup(layer => MediaTypes.IsNonDistributable(layer.MediaType), layer => layer.Digest);
        return new ManifestContent
        {
            MediaType = mediaType,
            Blobs = [.. Checked([config]).Select(descriptor => descriptor.Digest), .. layers[false]],
            OptionalBlobs = [.. layers[true]],
            Subject = image.Subject?.Digest,
            ArtifactType = string.IsNullOrEmpty(image.ArtifactType) ? config.MediaType : image.ArtifactType,
            Annotations = image.Annotations,
        };
    }

    private static ManifestContent OfIndex(ReadOnlySpan<byte> content, string mediaType)
    {
        ImageIndex index = JsonSerializer.Deserialize(content, OciJson.Default.ImageIndex) ?? throw Invalid("null");
        return index.SchemaVersion != 2 ? throw Invalid("schemaVersion is not 2") : new ManifestContent
        {
            MediaType = mediaType,
            Manifests = [.. Checked(index.Manifests).Select(descriptor => descriptor.Digest)],
            Subject = index.Subject?.Digest,
            ArtifactType = string.IsNullOrEmpty(index.ArtifactType) ? null : index.ArtifactType,
            Annotations = index.Annotations,
        };
    }

    private static IReadOnlyList<Descriptor> Checked(IReadOnlyList<Descriptor>? descriptors) =>
        descriptors is null || descriptors.All(descriptor => descriptor is { Digest.IsDefault: false, Size: >= 0 })
            ? descriptors ?? []
            : throw Invalid("a descriptor without digest or size");

    private static RegistryFailure Invalid(string why) => new(RegistryErrors.ManifestInvalid, why);

    /// <summary>The fields that decide how a document is read, before it is read one way or the other (the class of CVE-2021-41190).</summary>
    private readonly record struct Shape(string? MediaType, bool IsIndex, bool IsImage)
    {
        public static Shape Of(ReadOnlySpan<byte> content)
        {
            var shape = default(Shape);
            var reader = new Utf8JsonReader(content);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                throw Invalid("no JSON object");
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                bool isMediaType = reader.ValueTextEquals("mediaType"u8);
                shape = shape with
                {
                    IsIndex = shape.IsIndex || reader.ValueTextEquals("manifests"u8),
                    IsImage = shape.IsImage || reader.ValueTextEquals("layers"u8) || reader.ValueTextEquals("config"u8) || reader.ValueTextEquals("fsLayers"u8),
                };
                reader.Read();
                if (isMediaType && reader.TokenType == JsonTokenType.String)
                {
                    shape = shape with { MediaType = reader.GetString() };
                }

                reader.Skip();
            }

            // Anything behind the object makes this read fail.
            reader.Read();
            return shape;
        }
    }
}
