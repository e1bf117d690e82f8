using System.Text.Json.Serialization;

namespace Berth.Api.Daemon;

public sealed record SystemVersion
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SystemVersionPlatform? Platform { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<SystemVersionComponents>? Components { get; init; }

    public string Version { get; init => field = value ?? ""; } = "";
    public string ApiVersion { get; init => field = value ?? ""; } = "";
    public string MinAPIVersion { get; init => field = value ?? ""; } = "";
    public string GitCommit { get; init => field = value ?? ""; } = "";
    public string GoVersion { get; init => field = value ?? ""; } = "";
    public string Os { get; init => field = value ?? ""; } = "";
    public string Arch { get; init => field = value ?? ""; } = "";
    public string KernelVersion { get; init => field = value ?? ""; } = "";

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Experimental { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? BuildTime { get; init; }
}
