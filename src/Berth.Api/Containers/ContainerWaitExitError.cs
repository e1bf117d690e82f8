using System.Text.Json.Serialization;

namespace Berth.Api.Containers;

public sealed record ContainerWaitExitError
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Message { get; init; }
}
