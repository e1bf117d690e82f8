namespace Berth.Daemon.Configuration;

/// <summary>Certificates of the TCP sockets. Paths of PEM files.</summary>
internal sealed record TlsOptions
{
    public required string CertificatePath { get; init; }
    public required string KeyPath { get; init; }

    /// <summary>The authority that clients must be certified by; null takes every client.</summary>
    public string? ClientAuthorityPath { get; init; }

    /// <summary>Null where no TLS was asked for. moby 28: cmd/dockerd/daemon.go, newAPIServerTLSConfig.</summary>
    public static TlsOptions? From(Settings settings)
    {
        bool verify = settings.Switch("tlsverify", false);
        if (!verify && !settings.Switch("tls", false))
        {
            return null;
        }

        string directory = Environment.GetEnvironmentVariable("DOCKER_CERT_PATH") is { Length: > 0 } path
            ? path
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".docker");
        return new TlsOptions
        {
            CertificatePath = settings.Text("tlscert") ?? Path.Combine(directory, "cert.pem"),
            KeyPath = settings.Text("tlskey") ?? Path.Combine(directory, "key.pem"),
            ClientAuthorityPath = verify ? settings.Text("tlscacert") ?? Path.Combine(directory, "ca.pem") : null,
        };
    }
}
