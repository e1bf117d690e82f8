using System.Net;

namespace Berth.Oci.Distribution;

/// <summary>Which token server a registry may name.</summary>
/// <remarks>
/// The class of CVE-2026-33540: an upstream registry that names a stranger's realm and is sent the user's password there.
/// Hub (auth.docker.io for registry-1.docker.io) and GitLab (gitlab.com for registry.gitlab.com) set the rule: the realm is of the registry's domain.
/// </remarks>
internal static class RealmPolicy
{
    /// <exception cref="RegistryException">The realm is no absolute address, or would have secrets travel in the open.</exception>
    public static Uri Check(RegistryEndpoint endpoint, string? realm)
    {
        if (!Uri.TryCreate(realm, UriKind.Absolute, out Uri? address) || (address.Scheme != Uri.UriSchemeHttps && address.Scheme != Uri.UriSchemeHttp)
            || address.UserInfo.Length > 0)
        {
            throw new RegistryException($"registry {endpoint.BaseAddress.Authority} names an invalid authorization realm");
        }

        return address.Scheme == Uri.UriSchemeHttps || endpoint.AllowsPlainHttp
            ? address
            : throw new RegistryException($"registry {endpoint.BaseAddress.Authority} names an authorization realm without TLS: {address.Authority}");
    }

    public static bool MayBeTold(RegistryEndpoint endpoint, Uri realm) =>
        AreOfOneDomain(endpoint.BaseAddress.Host, realm.Host)
        || endpoint.TrustedRealmHosts.Contains(realm.Host, StringComparer.OrdinalIgnoreCase);

    /// <summary>The same host, or one is a sibling, parent or child of the other below a domain that has an owner.</summary>
    internal static bool AreOfOneDomain(string registry, string realm)
    {
        if (registry.Equals(realm, StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        if (IsAddress(registry) || IsAddress(realm))
        {
            return false;
        }

        string domain = OwnedDomainOf(registry);
        return domain.Length > 0
            && (realm.Equals(domain, StringComparison.OrdinalIgnoreCase) || realm.EndsWith("." + domain, StringComparison.OrdinalIgnoreCase));
    }

    // Two labels, or three below a country's second level such as co.uk; empty where the name has too few.
    private static string OwnedDomainOf(string host)
    {
        string[] labels = host.Split('.');
        int owned = labels.Length >= 2 && labels[^1].Length == 2 && labels[^2] is "co" or "com" or "net" or "org" or "ac" or "gov" or "edu" ? 3 : 2;
        return labels.Length < owned ? "" : string.Join('.', labels[^owned..]);
    }

    private static bool IsAddress(string host) => IPAddress.TryParse(host.Trim('[', ']'), out _);
}
