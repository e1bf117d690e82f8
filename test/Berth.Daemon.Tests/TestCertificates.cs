using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Berth.Daemon.Configuration;
using Berth.TestHost;

namespace Berth.Daemon.Tests;

/// <summary>An authority made for one test, and what it certifies: a server and a client.</summary>
internal sealed class TestCertificates : IDisposable
{
    private readonly X509Certificate2 _authority;
    private readonly X509Certificate2 _client;

    private TestCertificates(X509Certificate2 authority, X509Certificate2 client, TlsOptions options)
    {
        _authority = authority;
        _client = client;
        Options = options;
    }

    public TlsOptions Options { get; }

    public SslClientAuthenticationOptions ClientOptions => new()
    {
        TargetHost = "127.0.0.1",
        ClientCertificates = [_client],
        RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is X509Certificate2 server && server.Issuer == _authority.Subject,
    };

    public static TestCertificates Create(ScratchDirectory directory)
    {
        using var authorityKey = ECDsa.Create();
        var request = new CertificateRequest("CN=test authority", authorityKey, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        X509Certificate2 authority = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        using X509Certificate2 server = Issue(authority, "CN=server", "1.3.6.1.5.5.7.3.1");
        X509Certificate2 client = Issue(authority, "CN=client", "1.3.6.1.5.5.7.3.2");
        File.WriteAllText(directory.File("ca.pem"), authority.ExportCertificatePem());
        File.WriteAllText(directory.File("cert.pem"), server.ExportCertificatePem());
        using ECDsa serverKey = server.GetECDsaPrivateKey()!;
        File.WriteAllText(directory.File("key.pem"), serverKey.ExportECPrivateKeyPem());
        return new TestCertificates(authority, client, new TlsOptions
        {
            CertificatePath = directory.File("cert.pem"),
            KeyPath = directory.File("key.pem"),
            ClientAuthorityPath = directory.File("ca.pem"),
        });
    }

    public void Dispose()
    {
        _authority.Dispose();
        _client.Dispose();
    }

    private static X509Certificate2 Issue(X509Certificate2 authority, string subject, string purpose)
    {
        using var key = ECDsa.Create();
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(purpose)], critical: false));
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using X509Certificate2 certificate = request.Create(
            authority, authority.NotBefore, authority.NotAfter, RandomNumberGenerator.GetBytes(8));
        using X509Certificate2 withKey = certificate.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pfx), null);
    }
}
