namespace Berth.Api.Daemon;

public sealed record CommitInfo
{
    public string ID { get; init => field = value ?? ""; } = "";
}
