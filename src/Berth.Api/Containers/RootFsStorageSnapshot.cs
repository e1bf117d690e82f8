namespace Berth.Api.Containers;

public sealed record RootFsStorageSnapshot
{
    public string Name { get; init => field = value ?? ""; } = "";
}
