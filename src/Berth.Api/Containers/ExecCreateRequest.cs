using System.Text.Json.Serialization;

namespace Berth.Api.Containers;

/// <summary>Body of <c>POST /containers/{id}/exec</c>.</summary>
public sealed record ExecCreateRequest
{
    public string User { get; init => field = value ?? ""; } = "";
    public bool Privileged { get; init; }
    public bool Tty { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<int>? ConsoleSize { get; init; }

    public bool AttachStdin { get; init; }
    public bool AttachStderr { get; init; }
    public bool AttachStdout { get; init; }
    public bool Detach { get; init; }
    public string DetachKeys { get; init => field = value ?? ""; } = "";
    public IReadOnlyList<string>? Env { get; init; }
    public string WorkingDir { get; init => field = value ?? ""; } = "";
    public IReadOnlyList<string>? Cmd { get; init; }
}
