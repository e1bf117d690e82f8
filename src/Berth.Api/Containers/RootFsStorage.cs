namespace Berth.Api.Containers;

public sealed record RootFsStorage
{
    public RootFsStorageSnapshot? Snapshot { get; init; }
}
