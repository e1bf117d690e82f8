using System.Net;

namespace Berth.Engine.Images;

/// <summary>Registries that may be spoken to over HTTP or without a valid certificate. moby 28: registry/config.go, isSecureIndex.</summary>
internal static class InsecureRegistries
{
    /// <param name="configured">Host with or without port, or networks in CIDR notation.</param>
    /// <param name="domain">Host with or without port.</param>
    public static bool Includes(IReadOnlyList<string> configured, string domain)
    {
        string host = HostOf(domain);
        return configured.Any(entry =>
            entry.Equals(domain, StringComparison.OrdinalIgnoreCase)
            || entry.Equals(host, StringComparison.OrdinalIgnoreCase)
            || (IPNetwork.TryParse(entry, out IPNetwork network) && IPAddress.TryParse(host, out IPAddress? address) && network.Contains(address)));
    }

    public static string HostOf(string domain)
    {
        int end = domain.StartsWith('[') ? domain.IndexOf(']', StringComparison.Ordinal) + 1 : domain.IndexOf(':', StringComparison.Ordinal);
        return end <= 0 ? domain.Trim('[', ']') : domain[..end].Trim('[', ']');
    }
}
