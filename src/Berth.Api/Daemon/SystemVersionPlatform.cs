namespace Berth.Api.Daemon;

public sealed record SystemVersionPlatform
{
    public string Name { get; init => field = value ?? ""; } = "";
}
