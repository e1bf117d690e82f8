namespace Berth.Api.Containers;

public sealed record HealthcheckResult
{
    public string Start { get; init => field = value ?? ""; } = "";
    public string End { get; init => field = value ?? ""; } = "";
    public int ExitCode { get; init; }
    public string Output { get; init => field = value ?? ""; } = "";
}
