using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Berth.Oci.RuntimeSpec;

/// <summary>How <c>config.json</c> and exec's <c>process.json</c> are written.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RuntimeSpecDocument))]
[JsonSerializable(typeof(RuntimeProcess))]
[JsonSerializable(typeof(LinuxSeccomp))]
public sealed partial class RuntimeSpecJson : JsonSerializerContext
{
    /// <summary>Escapes only what JSON demands: command lines and environments stay readable, and half as long where they are not Latin.</summary>
    public static RuntimeSpecJson Plain { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
