namespace Berth.Api.Images;

public sealed record DriverData
{
    public string Name { get; init => field = value ?? ""; } = "";
    public IReadOnlyDictionary<string, string>? Data { get; init; }
}
