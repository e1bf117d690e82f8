using System.Text.Json.Serialization;

namespace Berth.Engine.Volumes;

/// <summary>A volume as the state database keeps it.</summary>
internal sealed record VolumeDocument
{
    public required DateTimeOffset CreatedAt { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, string>? Options { get; init; }

    /// <summary>
    /// Made while a container was being created, and never mounted since. A daemon that finds it so, without a container, died in between: nobody
    /// was told of the volume.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Pending { get; init; }
}

[JsonSerializable(typeof(VolumeDocument))]
internal sealed partial class VolumeJson : JsonSerializerContext;
