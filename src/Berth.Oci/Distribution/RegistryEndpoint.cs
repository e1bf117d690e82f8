using System.Net;

namespace Berth.Oci.Distribution;

/// <summary>Where a registry answers, and what it may be told.</summary>
public sealed record RegistryEndpoint
{
    /// <summary>Docker Hub's registry answers under another name than its images carry.</summary>
    private const string DockerHubHost = "registry-1.docker.io";

    /// <param name="baseAddress">Scheme, host and port only.</param>
    /// <param name="insecure">Whether the user has allowed plain HTTP and unverified certificates for this registry.</param>
    /// <exception cref="ArgumentException">Plain HTTP to a registry that is neither insecure by configuration nor on this machine.</exception>
    public RegistryEndpoint(Uri baseAddress, bool insecure, RegistryCredentials? credentials)
    {
        if (baseAddress.Scheme != Uri.UriSchemeHttps && baseAddress.Scheme != Uri.UriSchemeHttp)
        {
            throw new ArgumentException($"{baseAddress} is no http or https address", nameof(baseAddress));
        }

        AllowsPlainHttp = insecure || IsLoopback(baseAddress.Host);
        if (baseAddress.Scheme == Uri.UriSchemeHttp && !AllowsPlainHttp)
        {
            throw new ArgumentException($"{baseAddress.Authority} is not an insecure registry: plain HTTP is not allowed", nameof(baseAddress));
        }

        BaseAddress = new Uri(baseAddress.GetLeftPart(UriPartial.Authority) + "/");
        Credentials = credentials;
    }

    public Uri BaseAddress { get; }

    /// <summary>Plain HTTP is acceptable for this registry, its token server and what it redirects to.</summary>
    public bool AllowsPlainHttp { get; }

    /// <summary>Told to this registry and to the token server of its own domain, and to nobody else.</summary>
    public RegistryCredentials? Credentials { get; }

    /// <summary>Token servers outside of the registry's domain that may be given <see cref="Credentials"/> all the same.</summary>
    public IReadOnlyList<string> TrustedRealmHosts { get; init; } = [];

    /// <summary>The addresses at which the registry of an image's domain may answer, best first.</summary>
    /// <remarks>As dockerd does: an insecure registry is asked over TLS before plain HTTP, loopback counts as insecure.</remarks>
    public static IReadOnlyList<Uri> AddressesOf(string domain, bool insecure)
    {
        string host = domain == ImageReference.DefaultDomain ? DockerHubHost : domain;
        var secure = new Uri($"https://{host}/");
        return insecure || IsLoopback(secure.Host) ? [secure, new Uri($"http://{host}/")] : [secure];
    }

    public static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out IPAddress? address) && IPAddress.IsLoopback(address));

    internal bool IsSameOrigin(Uri address) =>
        address.Scheme == BaseAddress.Scheme && address.Port == BaseAddress.Port
        && address.Host.Equals(BaseAddress.Host, StringComparison.OrdinalIgnoreCase);
}
