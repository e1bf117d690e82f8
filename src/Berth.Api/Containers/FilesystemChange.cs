namespace Berth.Api.Containers;

public sealed record FilesystemChange
{
    public string Path { get; init => field = value ?? ""; } = "";
    public long Kind { get; init; }
}
