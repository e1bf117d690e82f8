namespace Berth.Api;

public sealed record IdResponse
{
    public string Id { get; init => field = value ?? ""; } = "";
}
