namespace Berth.Api.Containers;

public sealed record Storage
{
    public RootFsStorage? RootFS { get; init; }
}
