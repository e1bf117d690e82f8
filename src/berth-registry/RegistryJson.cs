using System.Text.Json.Serialization;

namespace Berth.Registry;

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ErrorBody))]
[JsonSerializable(typeof(TagsBody))]
[JsonSerializable(typeof(CatalogBody))]
[JsonSerializable(typeof(ExtensionsBody))]
internal sealed partial class RegistryJson : JsonSerializerContext;

internal sealed record TagsBody(
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("tags")] IReadOnlyList<string> Tags);

internal sealed record CatalogBody([property: JsonPropertyName("repositories")] IReadOnlyList<string> Repositories);

/// <summary>Source: OCI distribution-spec, extensions/_oci.md.</summary>
internal sealed record ExtensionsBody([property: JsonPropertyName("extensions")] IReadOnlyList<string> Extensions);
