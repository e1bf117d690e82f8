namespace Berth.Api.Containers;

public sealed record FilesystemChange
{
    public string Path { get; init; } = "";
    public long Kind { get; init; }
}
