namespace Berth.Api.Volumes;

public sealed record VolumeListResponse
{
    public IReadOnlyList<Volume>? Volumes { get; init; }
    public IReadOnlyList<string>? Warnings { get; init; }
}
