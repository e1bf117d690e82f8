namespace Berth.Api.Containers;

public sealed record RestartPolicy
{
    public string Name { get; init => field = value ?? ""; } = "";
    public long MaximumRetryCount { get; init; }
}
