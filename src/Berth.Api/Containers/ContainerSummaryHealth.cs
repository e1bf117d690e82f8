namespace Berth.Api.Containers;

public sealed record ContainerSummaryHealth
{
    public string Status { get; init => field = value ?? ""; } = "";
    public long FailingStreak { get; init; }
}
