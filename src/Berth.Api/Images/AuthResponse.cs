namespace Berth.Api.Images;

public sealed record AuthResponse
{
    public string Status { get; init => field = value ?? ""; } = "";
    public string IdentityToken { get; init => field = value ?? ""; } = "";
}
