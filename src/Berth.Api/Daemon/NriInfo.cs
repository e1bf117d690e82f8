namespace Berth.Api.Daemon;

public sealed record NriInfo
{
    public IReadOnlyList<IReadOnlyList<string>>? Info { get; init; }
}
