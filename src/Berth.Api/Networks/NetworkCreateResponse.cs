namespace Berth.Api.Networks;

public sealed record NetworkCreateResponse
{
    public string Id { get; init => field = value ?? ""; } = "";
    public string Warning { get; init => field = value ?? ""; } = "";
}
