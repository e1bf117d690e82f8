namespace Berth.Api.Containers;

/// <summary>Answer of <c>GET /exec/{id}/json</c>.</summary>
public sealed record ExecInspect
{
    public string ID { get; init => field = value ?? ""; } = "";
    public bool Running { get; init; }
    public int? ExitCode { get; init; }
    public ExecProcessConfig? ProcessConfig { get; init; }
    public bool OpenStdin { get; init; }
    public bool OpenStderr { get; init; }
    public bool OpenStdout { get; init; }
    public bool CanRemove { get; init; }
    public string ContainerID { get; init => field = value ?? ""; } = "";
    public string DetachKeys { get; init => field = value ?? ""; } = "";
    public int Pid { get; init; }
}
