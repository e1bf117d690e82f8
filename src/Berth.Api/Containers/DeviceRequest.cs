namespace Berth.Api.Containers;

public sealed record DeviceRequest
{
    public string Driver { get; init => field = value ?? ""; } = "";
    public long Count { get; init; }
    public IReadOnlyList<string>? DeviceIDs { get; init; }
    public IReadOnlyList<IReadOnlyList<string>>? Capabilities { get; init; }
    public IReadOnlyDictionary<string, string>? Options { get; init; }
}
