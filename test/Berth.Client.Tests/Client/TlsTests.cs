using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Berth.TestHost;

namespace Berth.Client.Tests.Client;

/// <summary>Connections over TLS, each side with a certificate.</summary>
public sealed class TlsTests : IDisposable
{
    private readonly ScratchDirectory _files = new();
    private readonly X509Certificate2 _authority;
    private readonly X509Certificate2 _server;

    public TlsTests()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        _authority = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        _server = Issue("localhost", out _);
        using X509Certificate2 client = Issue("client", out string clientKey);
        File.WriteAllText(_files.File("ca.pem"), _authority.ExportCertificatePem());
        File.WriteAllText(_files.File("cert.pem"), client.ExportCertificatePem());
        File.WriteAllText(_files.File("key.pem"), clientKey);
    }

    private X509Certificate2 Issue(string name, out string keyPem)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        using X509Certificate2 certificate = request.Create(_authority, DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddHours(1), [1, 2, 3, (byte)name.Length]);
        keyPem = key.ExportPkcs8PrivateKeyPem();
        return X509CertificateLoader.LoadPkcs12(certificate.CopyWithPrivateKey(key).Export(X509ContentType.Pfx), null);
    }

    private async Task<(int Port, Task<string?> ClientName, TcpListener Listener)> ServeOnceAsync()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        Task<string?> name = Task.Run(async () =>
        {
            using TcpClient connection = await listener.AcceptTcpClientAsync();
            await using var tls = new SslStream(connection.GetStream());
            await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
            {
                ServerCertificate = _server,
                ClientCertificateRequired = true, // shown or not: the callback judges
                RemoteCertificateValidationCallback = (_, shown, _, _) => shown is null || shown.Issuer == _authority.Subject,
            });
            var reader = new StreamReader(tls);
            while (await reader.ReadLineAsync() is { Length: > 0 })
            {
            }

            await tls.WriteAsync(Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nApi-Version: 1.47\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"));
            return tls.RemoteCertificate?.Subject;
        });
        await Task.CompletedTask;
        return (((IPEndPoint)listener.LocalEndpoint).Port, name, listener);
    }

    [Fact]
    public async Task Both_sides_know_each_other_by_their_authority()
    {
        (int port, Task<string?> clientName, TcpListener listener) = await ServeOnceAsync();
        using (listener)
        {
            using var client = new BerthClient(DockerHost.Parse($"tcp://localhost:{port}", new TlsFiles
            {
                AuthorityPath = _files.File("ca.pem"),
                CertificatePath = _files.File("cert.pem"),
                KeyPath = _files.File("key.pem"),
            }));
            Assert.Equal("1.47", client.Ping().ApiVersion.ToString());
            Assert.Equal("CN=client", await clientName);
        }
    }

    [Fact]
    public async Task A_daemon_of_an_unknown_authority_is_refused_unless_nobody_asks()
    {
        (int port, Task<string?> clientName, TcpListener listener) = await ServeOnceAsync();
        using (listener)
        {
            using var client = new BerthClient(DockerHost.Parse($"tcp://localhost:{port}", new TlsFiles()));
            Assert.StartsWith("error during connect: ", Assert.Throws<DaemonUnreachableException>(client.Ping).Message, StringComparison.Ordinal);
            await Assert.ThrowsAnyAsync<Exception>(() => clientName);
        }

        (port, _, listener) = await ServeOnceAsync();
        using (listener)
        {
            using var client = new BerthClient(DockerHost.Parse($"tcp://localhost:{port}", new TlsFiles { Verify = false }));
            Assert.Equal("1.47", client.Ping().ApiVersion.ToString());
        }
    }

    public void Dispose()
    {
        _files.Dispose();
        _authority.Dispose();
        _server.Dispose();
    }
}
