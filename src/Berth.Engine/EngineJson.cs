using System.Text.Json.Serialization;
using Berth.Engine.Containers;

namespace Berth.Engine;

/// <summary>How the engine's own documents are kept in the state store.</summary>
/// <remarks>Fields are only ever added, each with a meaning for documents that lack it.</remarks>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UseStringEnumConverter = true)]
[JsonSerializable(typeof(ContainerDocument))]
internal sealed partial class EngineJson : JsonSerializerContext;
