namespace Berth.Api.Images;

public sealed record ImageInspectRootFS
{
    public string Type { get; init => field = value ?? ""; } = "";
    public IReadOnlyList<string>? Layers { get; init; }
}
