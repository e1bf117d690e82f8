using System.Text.Json;

namespace Berth.Oci.Distribution;

/// <summary>What a manifest is, said once and without a second reading.</summary>
/// <remarks>The class of CVE-2021-41190: one digest that is an image to one reader and an index to another.</remarks>
internal static class ManifestMediaType
{
    /// <exception cref="RegistryException">Header, field and content disagree, or the content is no manifest.</exception>
    public static string Of(ReadOnlySpan<byte> content, string? header)
    {
        (string? field, bool hasManifests, bool hasImage) = Scan(content);
        bool headerSaysNothing = header is null or "application/json" or "text/plain" or "application/octet-stream";
        string mediaType = (headerSaysNothing ? field : header)
            ?? throw new RegistryException("manifest without a media type");
        if (field is not null && field != mediaType)
        {
            throw new RegistryException($"manifest sent as {RegistryError.Printable(mediaType)} calls itself {RegistryError.Printable(field)}");
        }

        if (!MediaTypes.IsManifest(mediaType) && !MediaTypes.IsIndex(mediaType))
        {
            throw new RegistryException($"unsupported manifest media type: {RegistryError.Printable(mediaType)}");
        }

        bool isWhatItSays = MediaTypes.IsIndex(mediaType) ? !hasImage : !hasManifests;
        return isWhatItSays ? mediaType : throw new RegistryException("manifest is ambiguous: it is both an image and an index");
    }

    private static (string? MediaType, bool HasManifests, bool HasImage) Scan(ReadOnlySpan<byte> content)
    {
        string? mediaType = null;
        bool hasManifests = false, hasImage = false;
        var reader = new Utf8JsonReader(content);
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                throw new RegistryException("manifest is no JSON object");
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                bool isMediaType = reader.ValueTextEquals("mediaType"u8);
                hasManifests |= reader.ValueTextEquals("manifests"u8);
                hasImage |= reader.ValueTextEquals("layers"u8) || reader.ValueTextEquals("config"u8) || reader.ValueTextEquals("fsLayers"u8);
                reader.Read();
                if (isMediaType)
                {
                    mediaType = reader.TokenType == JsonTokenType.String ? reader.GetString() : throw new RegistryException("manifest with an invalid media type");
                }

                reader.Skip();
            }

            return (mediaType, hasManifests, hasImage);
        }
        catch (JsonException e)
        {
            throw new RegistryException("manifest is no JSON document", e);
        }
    }
}
