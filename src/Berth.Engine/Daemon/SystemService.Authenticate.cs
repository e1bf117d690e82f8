using Berth.Api.Images;
using Berth.Engine.Images;
using Berth.Oci;
using Berth.Oci.Distribution;

namespace Berth.Engine.Daemon;

public sealed partial class SystemService
{
    /// <summary>Asks the registry whether it accepts these credentials.</summary>
    /// <exception cref="EngineException">Unauthorized: it does not. System: it cannot be asked.</exception>
    public async Task<AuthResponse> AuthenticateAsync(AuthConfig credentials, CancellationToken ct)
    {
        EngineOptions options = _options;
        string domain = DomainOf(credentials.Serveraddress);
        try
        {
            string? token = await _registries.LogInAsync(
                domain,
                new RegistryCredentials
                {
                    Username = credentials.Username,
                    Password = credentials.Password,
                    IdentityToken = credentials.IdentityToken,
                    RegistryToken = credentials.RegistryToken,
                },
                InsecureRegistries.Includes(options.InsecureRegistries, domain),
                ct).ConfigureAwait(false);
            return new AuthResponse { Status = "Login Succeeded", IdentityToken = token ?? "" };
        }
        catch (RegistryException e) when (e.IsUnauthorized)
        {
            throw new EngineException(ErrorKind.Unauthorized, $"Get \"https://{domain}/v2/\": {e.Message}", e);
        }
        catch (Exception e) when (e is RegistryException or HttpRequestException or IOException or TimeoutException or ArgumentException)
        {
            throw new EngineException(ErrorKind.System, $"Get \"https://{domain}/v2/\": {e.Message}", e);
        }
    }

    /// <summary>Clients name a registry by host, by address, or, Docker Hub, by the address of its old index.</summary>
    internal static string DomainOf(string? serverAddress)
    {
        string address = serverAddress ?? "";
        int scheme = address.IndexOf("://", StringComparison.Ordinal);
        string host = (scheme < 0 ? address : address[(scheme + 3)..]).Split('/')[0];
        return host is "" or "index.docker.io" or "registry-1.docker.io" ? ImageReference.DefaultDomain : host;
    }
}
