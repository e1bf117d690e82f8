using System.Text.Json;
using Berth.Api;
using Berth.Api.Events;
using Berth.Api.Images;
using Berth.Client.Http;

namespace Berth.Client;

public sealed partial class BerthClient
{
    public JsonElement VersionRaw() => GetRaw("/version");

    public JsonElement InfoRaw() => GetRaw("/info");

    /// <summary>Yields events as they happen; ends at <paramref name="until"/> or with the daemon.</summary>
    /// <param name="since">Seconds since 1970, with a fraction of nanoseconds if need be; null for now.</param>
    public IEnumerable<EventMessage> Events(string? since = null, string? until = null, Filters? filters = null) =>
        JsonLines.Read(Send("GET", "/events" + new QueryString().Add("filters", filters).Add("since", since).Add("until", until)).Body,
            ApiJson.Default.EventMessage);

    /// <summary>Asks the registry, through the daemon, whether the credentials are good.</summary>
    public AuthResponse CheckAuth(AuthConfig credentials)
    {
        HttpResponse response = SendJson("POST", "/auth", credentials, ApiJson.Default.AuthConfig);
        if (response.Head.Status == 204)
        {
            Finish(response);
            return new AuthResponse { Status = "Login Succeeded" };
        }

        return Read(response, ApiJson.Default.AuthResponse);
    }
}
