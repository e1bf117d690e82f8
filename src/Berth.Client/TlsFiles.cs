namespace Berth.Client;

/// <summary>The PEM files of a TLS connection, and whether the daemon's certificate is checked.</summary>
public sealed record TlsFiles
{
    /// <summary>Authorities that are trusted instead of the system's; null for the system's.</summary>
    public string? AuthorityPath { get; init; }

    /// <summary>Our own certificate; null to show none.</summary>
    public string? CertificatePath { get; init; }

    public string? KeyPath { get; init; }

    /// <summary>False accepts any certificate, as <c>--tls</c> without <c>--tlsverify</c> does.</summary>
    public bool Verify { get; init; } = true;
}
