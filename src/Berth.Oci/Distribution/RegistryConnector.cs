using System.Collections.Concurrent;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Berth.Oci.Distribution;

/// <summary>Finds out how each registry is spoken to, and shares connections among the clients of all of them.</summary>
/// <param name="certificateDirectory">
/// As /etc/docker/certs.d: HOST:PORT/*.crt are further authorities, HOST:PORT/NAME.cert with NAME.key a client's certificate. Null: none.
/// </param>
public sealed class RegistryConnector(TimeProvider time, string? certificateDirectory = null) : IDisposable
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<(string Host, bool Verify), SocketsHttpHandler> _handlers = new();
    private readonly ConcurrentDictionary<(string Domain, bool Insecure), Uri> _addresses = new();

    /// <summary>A client for a repository. An insecure registry is tried over TLS once, and over plain HTTP where it does not speak that.</summary>
    /// <exception cref="HttpRequestException">The registry cannot be reached.</exception>
    public async Task<RegistryClient> ConnectAsync(
        string domain, string repository, RegistryCredentials? credentials, bool insecure, CancellationToken ct)
    {
        Uri address = await AddressOfAsync(domain, insecure, ct).ConfigureAwait(false);
        var endpoint = new RegistryEndpoint(address, insecure, credentials);
        return new RegistryClient(HandlerFor(address, endpoint.AllowsPlainHttp), endpoint, repository, time);
    }

    public Task<RegistryClient> ConnectAsync(ImageReference image, RegistryCredentials? credentials, bool insecure, CancellationToken ct) =>
        ConnectAsync(image.Domain, image.Path, credentials, insecure, ct);

    /// <summary>Checks credentials, as <see cref="RegistryClient.LogInAsync"/>.</summary>
    public async Task<string?> LogInAsync(string domain, RegistryCredentials credentials, bool insecure, CancellationToken ct)
    {
        Uri address = await AddressOfAsync(domain, insecure, ct).ConfigureAwait(false);
        var endpoint = new RegistryEndpoint(address, insecure, credentials);
        return await RegistryClient.LogInAsync(HandlerFor(address, endpoint.AllowsPlainHttp), endpoint, time, ct).ConfigureAwait(false);
    }

    public void Dispose()
    {
        foreach (SocketsHttpHandler handler in _handlers.Values)
        {
            handler.Dispose();
        }
    }

    private async Task<Uri> AddressOfAsync(string domain, bool insecure, CancellationToken ct)
    {
        if (_addresses.TryGetValue((domain, insecure), out Uri? known))
        {
            return known;
        }

        IReadOnlyList<Uri> candidates = RegistryEndpoint.AddressesOf(domain, insecure);
        Uri address = candidates[0];
        if (candidates.Count > 1 && !await SpeaksTlsAsync(address, ct).ConfigureAwait(false))
        {
            // Not remembered: what is wrong with it today may be TLS that is down.
            return candidates[1];
        }

        return _addresses[(domain, insecure)] = address;
    }

    // No credentials travel here: only whether there is TLS at all is asked.
    private async Task<bool> SpeaksTlsAsync(Uri address, CancellationToken ct)
    {
        using var transport = new RegistryTransport(HandlerFor(address, allowsUnverified: true), RegistryClient.DefaultStallTimeout, allowsPlainHttp: false);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(address, "/v2/"));
            using HttpResponseMessage response = await transport.SendAsync(request, ct).ConfigureAwait(false);
            return true;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private SocketsHttpHandler HandlerFor(Uri address, bool allowsUnverified) =>
        _handlers.GetOrAdd((address.Authority, !allowsUnverified), _ => CreateHandler(address, allowsUnverified));

    private SocketsHttpHandler CreateHandler(Uri address, bool allowsUnverified)
    {
        var certificates = RegistryCertificates.Load(certificateDirectory, address);
        return new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            ConnectTimeout = ConnectTimeout,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            SslOptions = new SslClientAuthenticationOptions
            {
                ClientCertificates = certificates.Client,
                // Storage that the registry redirects to is not told who asks.
                LocalCertificateSelectionCallback = (_, host, _, _, _) =>
                    host.Equals(address.Host, StringComparison.OrdinalIgnoreCase) && certificates.Client.Count > 0 ? certificates.Client[0] : null!,
                RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
                    allowsUnverified || certificates.Accepts(certificate as X509Certificate2, chain, errors),
            },
        };
    }
}
