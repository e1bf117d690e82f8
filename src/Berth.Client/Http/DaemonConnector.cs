using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Berth.Client.Http;

/// <summary>Opens connections to one daemon.</summary>
internal static class DaemonConnector
{
    /// <exception cref="SocketException">Nobody listens there.</exception>
    /// <exception cref="AuthenticationException">The daemon is not who it should be.</exception>
    public static Wire Connect(DockerHost host)
    {
        if (host.IsUnix)
        {
            UnixStream unix = UnixStream.Connect(host.Address);
            return new Wire(unix, unix.CloseWrite, unix.Abandon);
        }

        Socket socket = ConnectTcp(host);
        try
        {
            Stream plain = new NetworkStream(socket, ownsSocket: true);
            void abandon() => socket.Shutdown(SocketShutdown.Both);
            if (host.Tls is null)
            {
                return new Wire(plain, () => socket.Shutdown(SocketShutdown.Send), abandon);
            }

            SslStream tls = Encrypt(plain, host);
            return new Wire(tls, () => tls.ShutdownAsync().GetAwaiter().GetResult(), abandon); // SslStream has no blocking form
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static Socket ConnectTcp(DockerHost host)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            // An answer can take hours (wait, events): a dead peer is found by keep-alive, not by a timeout.
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            if (IPAddress.TryParse(host.Address, out IPAddress? address))
            {
                socket.Connect(address, host.Port);
            }
            else
            {
                socket.Connect(host.Address, host.Port);
            }

            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static SslStream Encrypt(Stream plain, DockerHost host)
    {
        TlsFiles files = host.Tls!; // the caller has looked
        X509Certificate2Collection? authorities = null;
        if (files.AuthorityPath is not null)
        {
            authorities = [];
            authorities.ImportFromPemFile(files.AuthorityPath);
        }

        var tls = new SslStream(plain);
        tls.AuthenticateAsClient(new SslClientAuthenticationOptions
        {
            TargetHost = host.Address,
            ClientCertificates = OwnCertificate(files),
            // The daemon speaks HTTP/1.1 to us; hijacked connections do not exist in HTTP/2.
            ApplicationProtocols = [SslApplicationProtocol.Http11],
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            RemoteCertificateValidationCallback = (_, certificate, _, errors) =>
                !files.Verify || errors == SslPolicyErrors.None || IsSignedBy(authorities, certificate, errors),
        });
        return tls;
    }

    private static X509CertificateCollection? OwnCertificate(TlsFiles files)
    {
        if (files.CertificatePath is null || files.KeyPath is null)
        {
            return null;
        }

        try
        {
            return [X509Certificate2.CreateFromPemFile(files.CertificatePath, files.KeyPath)];
        }
        catch (CryptographicException e)
        {
            throw new InvalidDataException($"could not load X509 key pair: {e.Message}", e);
        }
    }

    private static bool IsSignedBy(X509Certificate2Collection? authorities, X509Certificate? certificate, SslPolicyErrors errors)
    {
        if (authorities is null || certificate is not X509Certificate2 shown || errors != SslPolicyErrors.RemoteCertificateChainErrors)
        {
            return false;
        }

        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return chain.Build(shown);
    }
}
