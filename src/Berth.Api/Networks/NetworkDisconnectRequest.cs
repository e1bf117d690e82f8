namespace Berth.Api.Networks;

public sealed record NetworkDisconnectRequest
{
    public string Container { get; init => field = value ?? ""; } = "";
    public bool Force { get; init; }
}
