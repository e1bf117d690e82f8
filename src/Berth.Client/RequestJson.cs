using System.Text.Json;
using System.Text.Json.Serialization;
using Berth.Api.Containers;

namespace Berth.Client;

/// <summary>Writes the one request that is large by code generated for it, without the table of its properties, which takes longer to make than to use once.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Serialization)]
[JsonSerializable(typeof(ContainerCreateRequest))]
internal sealed partial class RequestJson : JsonSerializerContext
{
    public static byte[] Write(ContainerCreateRequest request)
    {
        using var buffer = new MemoryStream(4096);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            Default.ContainerCreateRequestSerializeHandler(writer, request);
        }

        return buffer.ToArray();
    }
}
