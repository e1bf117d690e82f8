using Berth.Api.Images;
using Berth.Oci;
using Berth.Oci.Distribution;

namespace Berth.Engine.Images;

/// <summary>The X-Registry-Auth of a request, bound to the registry that it is for.</summary>
internal static class UserCredentials
{
    /// <returns>Null where there are none, or where they name another registry: they are not told to this one (the class of CVE-2021-41092).</returns>
    public static RegistryCredentials? For(ImageReference reference, AuthConfig? auth)
    {
        if (auth is null || !IsFor(reference, auth.Serveraddress))
        {
            return null;
        }

        bool isEmpty = string.IsNullOrEmpty(auth.Username) && string.IsNullOrEmpty(auth.Password)
            && string.IsNullOrEmpty(auth.IdentityToken) && string.IsNullOrEmpty(auth.RegistryToken);
        return isEmpty ? null : new RegistryCredentials
        {
            Username = auth.Username,
            Password = auth.Password,
            IdentityToken = auth.IdentityToken,
            RegistryToken = auth.RegistryToken,
        };
    }

    private static bool IsFor(ImageReference reference, string? server)
    {
        if (string.IsNullOrEmpty(server))
        {
            return true;
        }

        string text = server.Contains("://", StringComparison.Ordinal) ? server[(server.IndexOf("://", StringComparison.Ordinal) + 3)..] : server;
        string authority = text.Split('/')[0];
        return Canonical(authority).Equals(Canonical(reference.Domain), StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Docker Hub has three names.</summary>
    private static string Canonical(string domain) =>
        domain is "index.docker.io" or "registry-1.docker.io" ? ImageReference.DefaultDomain : domain;
}
