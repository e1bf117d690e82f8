namespace Berth.Api.Containers;

public sealed record Health
{
    public string Status { get; init => field = value ?? ""; } = "";
    public long FailingStreak { get; init; }
    public IReadOnlyList<HealthcheckResult>? Log { get; init; }
}
