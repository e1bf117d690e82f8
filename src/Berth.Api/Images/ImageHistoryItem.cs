namespace Berth.Api.Images;

public sealed record ImageHistoryItem
{
    public string Id { get; init => field = value ?? ""; } = "";
    public long Created { get; init; }
    public string CreatedBy { get; init => field = value ?? ""; } = "";
    public IReadOnlyList<string>? Tags { get; init; }
    public long Size { get; init; }
    public string Comment { get; init => field = value ?? ""; } = "";
}
