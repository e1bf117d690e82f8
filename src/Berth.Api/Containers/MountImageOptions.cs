namespace Berth.Api.Containers;

public sealed record MountImageOptions
{
    public string Subpath { get; init => field = value ?? ""; } = "";
}
