using System.Text.Json.Serialization;

namespace Berth.Api.Containers;

public sealed record ContainerWait
{
    public long StatusCode { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ContainerWaitExitError? Error { get; init; }
}
