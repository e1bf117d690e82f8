using System.Buffers.Text;
using System.Text.Json;
using Berth.Api;
using Berth.Api.Images;

namespace Berth.Daemon.Http;

/// <summary><c>X-Registry-Auth</c>: base64url of an <see cref="AuthConfig"/> as JSON.</summary>
internal static class RegistryAuthHeader
{
    /// <summary>Null where there are no credentials. What cannot be read counts as none, as in dockerd: a pull may do without.</summary>
    /// <remarks>moby 28: api/types/registry/authconfig.go and api/server/router/image/image_routes.go.</remarks>
    public static AuthConfig? Credentials(this HttpRequest request) => Parse(request.Headers["X-Registry-Auth"].ToString());

    internal static AuthConfig? Parse(string header)
    {
        if (header.Length == 0 || header.Length > 1 << 16)
        {
            return null;
        }

        try
        {
            AuthConfig? credentials = JsonSerializer.Deserialize(Base64Url.DecodeFromChars(header), ApiJson.Default.AuthConfig);
            return credentials is null || IsEmpty(credentials) ? null : credentials;
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            return null;
        }
    }

    private static bool IsEmpty(AuthConfig credentials) =>
        string.IsNullOrEmpty(credentials.Username) && string.IsNullOrEmpty(credentials.Password) && string.IsNullOrEmpty(credentials.Auth)
        && string.IsNullOrEmpty(credentials.IdentityToken) && string.IsNullOrEmpty(credentials.RegistryToken);
}
